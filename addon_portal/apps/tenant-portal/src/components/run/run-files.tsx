import { useInfiniteQuery } from "@tanstack/react-query";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { ErrorNote } from "@/components/error-note";
import { Skeleton } from "@/components/skeleton";
import { Time } from "@/components/time";
import { changedFilesOf, fileAddress } from "@/lib/run-details";
import type { Run } from "@/lib/run-words";
import { bytesText } from "@/lib/sizes";

const CELL = "py-1 pr-4 align-baseline";

/** The files that the run made or changed, each to be downloaded. */
export function RunFiles({ run }: { run: Run }) {
  const isOurs = run.workspace !== null;
  const files = useInfiniteQuery({ ...changedFilesOf(run), enabled: isOurs });
  if (!isOurs) return <EmptyState title="It has no workspace of the portal's, so its files are not looked at." />;
  if (files.error && !files.data) return <ErrorNote error={files.error} retry={() => void files.refetch()} />;
  if (!files.data) return <Skeleton rows={2} />;
  const entries = files.data.pages.flatMap((page) => page.items);
  const continued = files.data.pages[0]?.continued_by;
  return (
    <>
      {entries.length > 0 && (
        <table className="w-full">
          <thead className="text-left text-quiet text-small">
            <tr>
              <th className={`${CELL} w-full font-normal`}>Path</th>
              <th className={`${CELL} text-right font-normal`}>Size</th>
              <th className={`${CELL} font-normal`}>Changed</th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {entries.map(({ path, bytes, changed_at }) => (
              <tr key={path} className="hover:bg-hover">
                <td className={`${CELL} font-mono wrap-anywhere`}>
                  <a href={fileAddress(run.run_id, path)} download={path.split("/").at(-1)} className="underline">
                    {path}
                  </a>
                </td>
                <td className={`${CELL} text-right whitespace-nowrap`}>{bytes === null ? "–" : bytesText(bytes)}</td>
                <td className={CELL}>
                  <Time at={changed_at} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {entries.length === 0 && !files.hasNextPage && (
        <EmptyState title="It made and changed no files in its workspace." />
      )}
      {continued && (
        <p className="mt-2 text-quiet">
          A later run goes on in this workspace: what that one has changed again is told there.
        </p>
      )}
      {files.hasNextPage && (
        <Button className="mt-2" isBusy={files.isFetchingNextPage} onClick={() => void files.fetchNextPage()}>
          Look for more
        </Button>
      )}
    </>
  );
}
