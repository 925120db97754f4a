import { useQuery } from "@tanstack/react-query";
import { Fact, Facts } from "@/components/facts";
import { Section } from "@/components/section";
import { Skeleton } from "@/components/skeleton";
import { useTimeZone } from "@/hooks/use-time-zone";
import { actorName, type Run } from "@/lib/run-words";
import { evidenceQuery } from "@/lib/runs";
import { clockText, exactText } from "@/lib/times";

/** Why the portal says what it says of a run: the facts behind its reason, and the records they were read from. */
export function Why({ run }: { run: Run }) {
  const zone = useTimeZone();
  const { data: evidence, error } = useQuery(evidenceQuery(run.run_id));
  return (
    <Section title="Why we say so">
      {error && <p className="py-3 text-quiet">The evidence cannot be shown: {error.message}</p>}
      {!evidence && !error && <Skeleton rows={4} />}
      {evidence && (
        <Facts>
          <Fact name="Exit code">{run.exit_code === null ? null : <code>{run.exit_code}</code>}</Fact>
          <Fact name="Signal">{run.signal_name}</Fact>
          <Fact name="Ended">{run.ended_at && exactText(Date.parse(run.ended_at), zone)}</Fact>
          <Fact name="Processes">{run.tree && TREES[run.tree]}</Fact>
          <Fact name="Records">{recordNames(evidence.records)}</Fact>
          <Fact name="Asked for by">{actorName(run.requested_by)}</Fact>
          {evidence.journal.slice(-5).map((entry) => (
            <Fact key={entry.seq} name={clockText(Date.parse(entry.happened_at), zone)}>
              {[entry.from_state, entry.to_state].filter(Boolean).join(" → ") || entry.kind}
            </Fact>
          ))}
        </Facts>
      )}
    </Section>
  );
}

const TREES = { proven: "all proven gone", assumed: "assumed gone, not proven" };

function recordNames(records: object): string | null {
  return Object.keys(records).sort().join(", ") || null;
}
