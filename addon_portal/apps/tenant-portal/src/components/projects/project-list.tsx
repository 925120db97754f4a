import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { ErrorNote } from "@/components/error-note";
import { FirstSteps } from "@/components/first-steps";
import { BulkProjects } from "@/components/projects/bulk-projects";
import { Skeleton } from "@/components/skeleton";
import { useHold } from "@/hooks/use-held-rows";
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
  const isOutdated = list.isStale && !list.isFetching && !!list.data;
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
      {list.hasNextPage && <More isBusy={list.isFetchingNextPage} onWanted={() => void list.fetchNextPage()} />}
    </>
  );
}

/** The next page is asked for a little before its rows would be seen. */
const MARGIN = "600px";

function More({ isBusy, onWanted }: { isBusy: boolean; onWanted: () => void }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isBusy || !place.current) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && onWanted(), { rootMargin: MARGIN });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [isBusy, onWanted]);
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
