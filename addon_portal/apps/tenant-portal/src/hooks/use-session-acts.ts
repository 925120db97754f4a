import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { keys } from "@/lib/keys";
import { logOut, switchTenant } from "@/lib/session";

/** What a person can do with the session: leave, or as an operator look at another tenant. */
export function useSessionActs() {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const leave = useMutation({
    mutationFn: logOut,
    onSuccess: () => {
      cache.setQueryData(keys.session, null);
      void navigate({ to: "/login" });
    },
  });
  // Nothing of one tenant may be left on the screen of another: the page begins anew.
  const change = useMutation({ mutationFn: switchTenant, onSuccess: () => window.location.assign("/status") });
  return { leave, change, error: leave.error ?? change.error };
}
