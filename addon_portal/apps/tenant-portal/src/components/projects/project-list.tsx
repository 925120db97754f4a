import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useRef } from "react";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { ErrorNote } from "@/components/error-note";
import { FirstSteps } from "@/components/first-steps";
import { BulkProjects } from "@/components/projects/bulk-projects";
import { Skeleton } from "@/components/skeleton";
import { useHold } from "@/hooks/use-held-rows";
import type { ListedProjects } from "@/lib/live-cache";
import { isNarrowed, type ProjectFilter } from "@/lib/project-filter";
import { projectsQuery } from "@/lib/projects";

/**
 * The projects of a filter, read page by page as somebody comes near the end. Rows change as their runs move; a row that
 * comes, goes or moves does so only while nobody aims at one.
 */
export function ProjectList({ filter, onClear }: { filter: ProjectFilter; onClear: () => void }) {
  const place = useRef<HTMLDivElement>(null);
  const list = useInfiniteQuery(projectsQuery(filter));
  const isHeld = useHold(place);
  // What has failed is not asked for again and again: it is once the portal is back, or somebody wants it.
  const data: ListedProjects | undefined = list.data;
  const isOutdated = !!data?.isOutdated && !list.isFetching && !list.error;
  const { refetch } = list;
  useEffect(() => {
    if (isOutdated && !isHeld) void refetch();
  }, [isOutdated, isHeld, refetch]);
  const projects = list.data?.pages.flatMap((page) => page.items);
  if (!projects) {
    return list.error ? <ErrorNote error={list.error} retry={() => void refetch()} /> : <Skeleton rows={8} />;
  }
  return (
    <>
      {list.error && <ErrorNote error={list.error} retry={() => void refetch()} />}
      {!projects.length && <Nothing filter={filter} onClear={onClear} />}
      {projects.length > 0 && (
        <div ref={place}>
          <BulkProjects projects={projects} filter={filter} />
        </div>
      )}
      <div role="status" className="flex min-h-8 items-center">
        {isOutdated && isHeld && (
          <Button kind="quiet" onClick={() => void refetch()}>
            The list has changed: show it as it is now
          </Button>
        )}
      </div>
      {list.hasNextPage && (
        <More isBusy={list.isFetchingNextPage} isByItself={!list.error} onWanted={() => void list.fetchNextPage()} />
      )}
    </>
  );
}

/** The next page is asked for a little before its rows would be seen. */
const MARGIN = "600px";

type MoreProps = { isBusy: boolean; isByItself: boolean; onWanted: () => void };

function More({ isBusy, isByItself, onWanted }: MoreProps) {
  const place = useRef<HTMLDivElement>(null);
  const ask = useEffectEvent(onWanted);
  useEffect(() => {
    if (isBusy || !isByItself || !place.current) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && ask(), { rootMargin: MARGIN });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [isBusy, isByItself]);
  return (
    <div ref={place} className="mt-2 h-10">
      <Button isBusy={isBusy} onClick={onWanted}>
        Show more
      </Button>
    </div>
  );
}

function Nothing({ filter, onClear }: { filter: ProjectFilter; onClear: () => void }) {
  if (!isNarrowed(filter)) return <FirstSteps />;
  return (
    <EmptyState title={filter.search ? `No project matches “${filter.search}” so narrowed.` : "No project is so."}>
      <Button onClick={onClear}>Clear the filters</Button>
    </EmptyState>
  );
}
