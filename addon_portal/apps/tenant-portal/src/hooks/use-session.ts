import { useQuery } from "@tanstack/react-query";
import { type Session, sessionQuery } from "@/lib/session";

/** Who is logged in; every page but the log-in stands below a check that somebody is. */
export function useSession(): Session | null | undefined {
  return useQuery(sessionQuery).data;
}
