import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "@/components/button";
import { Confirm } from "@/components/confirm";
import { useSession } from "@/hooks/use-session";
import { keys } from "@/lib/keys";
import { deleteProject } from "@/lib/project-edits";
import type { Project } from "@/lib/projects";
import { roleRefusal } from "@/lib/run-acts";
import { isFinal } from "@/lib/states";

/** Delete, after it was said what that does: there is no way back. */
export function DeleteControl({ project }: { project: Project }) {
  const session = useSession();
  const [isAsking, setAsking] = useState(false);
  const run = project.latest_run;
  const blocked =
    roleRefusal("delete", session) ??
    (run && !isFinal(run.state) ? "Stop it first: it is not deleted under its run." : null);
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
  const remove = useMutation({
    mutationFn: (_: undefined) => deleteProject(project.id),
    onSuccess: async () => {
      await navigate({ to: "/projects" });
      cache.removeQueries({ queryKey: keys.project(project.id) });
      void cache.invalidateQueries({ queryKey: keys.projectLists });
      void cache.invalidateQueries({ queryKey: keys.status });
    },
  });
  return (
    <Confirm
      title={`Delete ${project.name}?`}
      act="Delete the project"
      keep="Keep it"
      change={remove}
      onClose={onClose}
    >
      <ul className="flex list-disc flex-col gap-1 pl-5">
        <li>It is not run any more, also not by a schedule or a restart that is to come.</li>
        <li>Its definition cannot be brought back.</li>
        <li>Its runs stay readable, with their output and evidence.</li>
        <li>Its name can be used for another project.</li>
      </ul>
    </Confirm>
  );
}
