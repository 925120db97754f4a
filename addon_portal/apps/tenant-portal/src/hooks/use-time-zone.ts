import { useSyncExternalStore } from "react";
import { onTimeZone, timeZone } from "@/lib/time-zone";

export const useTimeZone = () => useSyncExternalStore(onTimeZone, timeZone);
