import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "@/components/button";
import { ErrorNote } from "@/components/error-note";
import { Time } from "@/components/time";
import { keys } from "@/lib/keys";
import { bringRestartForward, callRestartOff, type Project } from "@/lib/projects";

type Props = { project: Project; scheduled: NonNullable<Project["scheduled_restart"]> };

/** A restart that is to come, why, and what can be done about it. */
export function ScheduledRestart({ project, scheduled }: Props) {
  const cache = useQueryClient();
  const change = useMutation({
    mutationFn: (act: (projectId: string) => Promise<unknown>) => act(project.id),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.projects }),
  });
  return (
    <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-2">
      <p>
        A restart follows {scheduled.due_at ? <Time at={scheduled.due_at} /> : "as soon as this run has ended"}:{" "}
        {scheduled.why}
      </p>
      {scheduled.due_at && (
        <Button isBusy={change.isPending} onClick={() => change.mutate(bringRestartForward)}>
          Restart now
        </Button>
      )}
      <Button isBusy={change.isPending} onClick={() => change.mutate(callRestartOff)}>
        Call it off
      </Button>
      {change.error && <ErrorNote error={change.error} />}
    </div>
  );
}
