import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { ErrorNote } from "@/components/error-note";
import { useSession } from "@/hooks/use-session";
import { keys } from "@/lib/keys";
import { deleteProject } from "@/lib/project-edits";
import type { Project } from "@/lib/projects";
import { mayAct } from "@/lib/session";
import { isFinal } from "@/lib/states";

/** Delete, after it was said what that does: there is no way back. */
export function DeleteControl({ project }: { project: Project }) {
  const session = useSession();
  const [isAsking, setAsking] = useState(false);
  const run = project.latest_run;
  const blocked =
    session && !mayAct(session)
      ? "You may look, and not delete: your role is viewer."
      : run && !isFinal(run.state)
        ? "Stop it first: it is not deleted under its run."
        : null;
  return (
    <>
      <Button kind="danger" blocked={blocked} onClick={() => setAsking(true)}>
        Delete the project
      </Button>
      {isAsking && <DeleteDialog project={project} onClose={() => setAsking(false)} />}
    </>
  );
}

function DeleteDialog({ project, onClose }: { project: Project; onClose: () => void }) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const keep = useRef<HTMLButtonElement>(null);
  const remove = useMutation({
    mutationFn: () => deleteProject(project.id),
    onSuccess: async () => {
      await navigate({ to: "/projects" });
      cache.removeQueries({ queryKey: keys.project(project.id) });
      void cache.invalidateQueries({ queryKey: keys.projectLists });
      void cache.invalidateQueries({ queryKey: keys.status });
    },
  });
  return (
    <Dialog isOpen onOpenChange={(isOpen) => isOpen || onClose()} title={`Delete ${project.name}?`} initialFocus={keep}>
      <ul className="mt-2 flex list-disc flex-col gap-1 pl-5 text-quiet">
        <li>It is not run any more, also not by a schedule or a restart that is to come.</li>
        <li>Its definition cannot be brought back.</li>
        <li>Its runs stay readable, with their output and evidence.</li>
        <li>Its name can be used for another project.</li>
      </ul>
      {remove.error && (
        <div className="mt-3">
          <ErrorNote error={remove.error} />
        </div>
      )}
      <div className="mt-4 flex justify-end gap-2">
        <Button ref={keep} onClick={onClose}>
          Keep it
        </Button>
        <Button kind="danger" isBusy={remove.isPending} onClick={() => remove.mutate()}>
          Delete the project
        </Button>
      </div>
    </Dialog>
  );
}
