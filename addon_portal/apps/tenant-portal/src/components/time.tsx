import { useNow } from "@/hooks/use-now";
import { useTimeZone } from "@/hooks/use-time-zone";
import { serverNow } from "@/lib/clock";
import { changesAfter, dayText, exactText, relativeText } from "@/lib/times";

type Props = { at: string | null | undefined; form?: "relative" | "day"; missing?: string };

/** A moment: relative, and exact where it is pointed at. The zone is the person's, everywhere the same. */
export function Time({ at, form = "relative", missing = "–" }: Props) {
  const zone = useTimeZone();
  const moment = at ? Date.parse(at) : Number.NaN;
  const now = useNow(changesAfter(serverNow() - moment));
  if (Number.isNaN(moment)) return <span className="text-quiet">{missing}</span>;
  const text =
    form === "day" ? dayText(moment, zone) : relativeText(moment, Math.max(now, Math.min(moment, now + 1000)));
  return (
    <time dateTime={at ?? undefined} title={exactText(moment, zone)} className="whitespace-nowrap">
      {text}
    </time>
  );
}
