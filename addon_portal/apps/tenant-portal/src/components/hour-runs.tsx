import { useInfiniteQuery } from "@tanstack/react-query";
import { Button } from "@/components/button";
import { Chip } from "@/components/chip";
import { EmptyState } from "@/components/empty-state";
import { ErrorNote } from "@/components/error-note";
import { RunRows } from "@/components/run-rows";
import { Skeleton } from "@/components/skeleton";
import { useLastLines } from "@/hooks/use-last-lines";
import { useTimeZone } from "@/hooks/use-time-zone";
import { ENDS, type End, hourFilter, hourText, type StatusSearch } from "@/lib/hours";
import { runsQuery } from "@/lib/runs";
import { shortClockText } from "@/lib/times";

type Props = { hour: string; end: End | undefined; onChange: (search: StatusSearch) => void };

/** The runs that ended in one hour, all of them or those that ended so; the address holds which. */
export function HourRuns({ hour, end, onChange }: Props) {
  const zone = useTimeZone();
  const list = useInfiniteQuery(runsQuery(hourFilter({ hour, end })));
  const runs = list.data?.pages.flatMap((page) => page.items);
  const lines = useLastLines(runs ?? []);
  return (
    <section aria-label="Runs of an hour" className="mt-4 border-line border-t pt-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h3 className="font-medium">Ended from {hourText(Date.parse(hour), (at) => shortClockText(at, zone))}</h3>
        <span className="flex flex-wrap gap-1">
          <Chip word="All" isOn={!end} onClick={() => onChange({ hour })} />
          {(Object.keys(ENDS) as End[]).map((each) => (
            <Chip key={each} word={ENDS[each]} isOn={each === end} onClick={() => onChange({ hour, end: each })} />
          ))}
        </span>
        <Button kind="quiet" className="ml-auto" onClick={() => onChange({})}>
          Close
        </Button>
      </div>
      {list.error && <ErrorNote error={list.error} retry={() => void list.refetch()} />}
      {!runs && !list.error && <Skeleton rows={4} />}
      {runs && <RunRows runs={runs} lastLines={lines} empty={<EmptyState title="No run ended so in this hour." />} />}
      {list.hasNextPage && (
        <Button className="mt-3" isBusy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          Show earlier ones
        </Button>
      )}
    </section>
  );
}
