import { useNow } from "@/hooks/use-now";
import { useTimeZone } from "@/hooks/use-time-zone";
import { piecesOf } from "@/lib/sentences";
import { exactText, momentText } from "@/lib/times";

const HOUR_MS = 3_600_000;

/** What the portal says in its own words. The moments in it are told in the person's zone, as everywhere on the page. */
export function Sentence({ text, className = "" }: { text: string; className?: string }) {
  return (
    <p className={`max-w-200 wrap-anywhere ${className}`}>
      <Moments text={text} />
    </p>
  );
}

export function Moments({ text }: { text: string }) {
  const zone = useTimeZone();
  const now = useNow(HOUR_MS);
  return piecesOf(text).map(({ start, text, at }) =>
    at === null ? (
      text
    ) : (
      <time key={start} dateTime={text} title={exactText(at, zone)}>
        {momentText(at, now, zone)}
      </time>
    ),
  );
}
