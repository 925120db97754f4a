import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { File, FileSymlink, FileX, Folder } from "lucide-react";
import { Button, buttonLook } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { ErrorNote } from "@/components/error-note";
import { ProjectDirectory } from "@/components/project/project-directory";
import { UploadControl } from "@/components/project/upload-control";
import { Section } from "@/components/section";
import { Skeleton } from "@/components/skeleton";
import { Time } from "@/components/time";
import { WhenSeen } from "@/components/when-seen";
import { ApiProblem } from "@/lib/api";
import { archiveAddress, type FileEntry, fileAddress, filesQuery, hasFiles, nameOf } from "@/lib/project-files";
import type { Project } from "@/lib/projects";
import { bytesText } from "@/lib/sizes";

/** What lies in the workspace of the newest run, or in the code before the first one. */
export function ProjectFiles({ project }: { project: Project }) {
  return (
    <div id="files" className="scroll-mt-16">
      <Section title="Files">
        {hasFiles(project) ? (
          <WhenSeen rows={4}>
            <Files project={project} />
          </WhenSeen>
        ) : (
          <NoFiles project={project} />
        )}
      </Section>
    </div>
  );
}

/** Of a directory that is not the portal's, and before there is a run or code, nothing can be listed. */
function NoFiles({ project }: { project: Project }) {
  const own = project.working_directory;
  return (
    <>
      <EmptyState title={own ? "It starts in a directory of its own." : "There are no files yet."}>
        {own
          ? `The portal does not show what is in ${own}.`
          : "A run begins in an empty directory, or in the code that is uploaded."}
      </EmptyState>
      {!own && <UploadControl project={project} />}
    </>
  );
}

/** What is said of a workspace that cannot be shown is no error. */
const NOTHING = new Set(["no_workspace", "workspace_removed"]);

function Files({ project }: { project: Project }) {
  const { path = "" } = useSearch({ from: "/app/projects/$projectId" });
  const files = useInfiniteQuery(filesQuery(project, path));
  const entries = files.data?.pages.flatMap((page) => page.items);
  const isNothing = files.error instanceof ApiProblem && NOTHING.has(files.error.code);
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
        <ProjectDirectory project={project} path={path} of={files.data?.pages[0]?.of} />
        {!!entries?.length && (
          <a href={archiveAddress(project.id, path)} download className={buttonLook()}>
            Download as an archive
          </a>
        )}
        {!project.working_directory && <UploadControl project={project} />}
      </div>
      {isNothing && <EmptyState title="There are no files to show.">{files.error?.message}</EmptyState>}
      {files.error && !isNothing && <ErrorNote error={files.error} retry={() => void files.refetch()} />}
      {!entries && !files.error && <Skeleton rows={4} />}
      {entries?.length === 0 && <EmptyState title="Nothing is in here." />}
      {!!entries?.length && (
        <table className="w-full">
          <thead className="text-left text-quiet text-small">
            <tr>
              <th className={`${CELL} w-full font-normal`}>Name</th>
              <th className={`${CELL} text-right font-normal`}>Size</th>
              <th className={`${CELL} font-normal`}>Changed</th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {entries.map((entry) => (
              <Row key={entry.path} project={project} entry={entry} />
            ))}
          </tbody>
        </table>
      )}
      {files.hasNextPage && (
        <Button className="mt-2" isBusy={files.isFetchingNextPage} onClick={() => void files.fetchNextPage()}>
          Show more
        </Button>
      )}
    </>
  );
}

const CELL = "py-1 pr-4 align-middle";
const ICONS = { file: File, directory: Folder, link: FileSymlink, other: FileX };

function Row({ project, entry }: { project: Project; entry: FileEntry }) {
  const Icon = ICONS[entry.kind];
  const name = nameOf(entry.path);
  return (
    <tr className="hover:bg-hover">
      <td className={`${CELL} font-mono wrap-anywhere`}>
        <span className="flex items-center gap-2">
          <Icon aria-hidden="true" className="size-4 shrink-0 text-quiet" />
          {entry.kind === "directory" && (
            <Link
              to="/projects/$projectId"
              params={{ projectId: project.id }}
              search={{ path: entry.path }}
              resetScroll={false}
              className="underline"
            >
              {name}/
            </Link>
          )}
          {entry.kind === "file" && (
            <a href={fileAddress(project.id, entry.path)} download={name} className="underline">
              {name}
            </a>
          )}
          {(entry.kind === "link" || entry.kind === "other") && (
            <span>
              {name} <span className="font-sans text-quiet">({entry.kind === "link" ? "link" : "no file"})</span>
            </span>
          )}
        </span>
      </td>
      <td className={`${CELL} text-right whitespace-nowrap`}>{entry.bytes !== null && bytesText(entry.bytes)}</td>
      <td className={CELL}>
        <Time at={entry.changed_at} />
      </td>
    </tr>
  );
}
