import { StateBadge } from "@/components/state-badge";
import { Time } from "@/components/time";
import { useHost } from "@/hooks/use-host";
import { useNow } from "@/hooks/use-now";
import { factOf, healthOf, type Run, ranFor } from "@/lib/run-words";
import { isFinal } from "@/lib/states";
import { durationText } from "@/lib/times";

/** Below the last line: how the run ended, or whether more may come. */
export function LogEnd({ run, isEmpty }: { run: Run; isEmpty: boolean }) {
  return (
    <div className="sticky left-0 max-w-full border-line border-t px-3 py-2 font-sans text-base">
      {isFinal(run.state) ? <Ended run={run} isEmpty={isEmpty} /> : <GoesOn run={run} isEmpty={isEmpty} />}
    </div>
  );
}

function Ended({ run, isEmpty }: { run: Run; isEmpty: boolean }) {
  const now = useNow(Number.MAX_SAFE_INTEGER);
  const fact = factOf(run, now);
  const length = ranFor(run, now);
  return (
    <>
      <p className="flex flex-wrap items-center gap-x-2">
        <StateBadge run={run} />
        {fact && <span>· {fact}</span>}
        <span className="text-quiet">
          · <Time at={run.ended_at ?? run.finished_at} />
        </span>
        {length !== null && <span className="text-quiet">· after {durationText(length)}</span>}
      </p>
      {isEmpty && (
        <p className="text-quiet">
          {run.started_at ? "The program wrote nothing." : "No program was started, so nothing was written."}
        </p>
      )}
    </>
  );
}

function GoesOn({ run, isEmpty }: { run: Run; isEmpty: boolean }) {
  const isUnseen = healthOf(run, useHost()).includes("unreachable");
  if (run.state === "pending")
    return <p className="text-quiet">Not started yet. What the program writes will appear here.</p>;
  if (isUnseen) {
    return (
      <p className="text-quiet">Nobody can look at the run now: what it writes appears here as soon as somebody can.</p>
    );
  }
  return (
    <p className="text-quiet">
      {isEmpty
        ? "Nothing was written yet. Some programs hold back what they write until it is much."
        : "The program is running."}
    </p>
  );
}
