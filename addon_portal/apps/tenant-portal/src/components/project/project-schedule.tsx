import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "@/components/button";
import { ErrorNote } from "@/components/error-note";
import { NextTimes } from "@/components/schedule/next-times";
import { Section } from "@/components/section";
import { Skeleton } from "@/components/skeleton";
import { Time } from "@/components/time";
import { useSession } from "@/hooks/use-session";
import { keys } from "@/lib/keys";
import type { Project } from "@/lib/projects";
import { roleRefusal } from "@/lib/run-acts";
import { actorName } from "@/lib/run-words";
import { countsText, lastText } from "@/lib/schedule-words";
import { pauseSchedule, resumeSchedule, type Schedule, scheduleQuery } from "@/lib/schedules";

/** When the project runs by itself, and what became of that so far. */
export function ProjectSchedule({ project }: { project: Project }) {
  const { data: schedule, error, refetch } = useQuery(scheduleQuery(project.id));
  return (
    <Section
      title="Schedule"
      note={
        <Link
          to="/projects/$projectId/edit"
          params={{ projectId: project.id }}
          hash="schedule"
          className="text-accent hover:underline"
        >
          {schedule === null ? "Give it one" : "Change"}
        </Link>
      }
    >
      {error && <ErrorNote error={error} retry={() => void refetch()} />}
      {schedule === undefined && !error && <Skeleton rows={3} />}
      {schedule === null && <p className="pt-3">None: it runs when somebody asks for it.</p>}
      {schedule && <Planned schedule={schedule} />}
    </Section>
  );
}

function Planned({ schedule }: { schedule: Schedule }) {
  const last = lastText(schedule);
  return (
    <div className="flex flex-col gap-2 pt-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <p className="min-w-0 flex-1">
          <code>{schedule.cron}</code> <span className="text-quiet">by the clocks of {schedule.time_zone}</span>
        </p>
        <Pause schedule={schedule} />
      </div>
      {schedule.paused && (
        <p className="text-amber">
          Paused by {actorName(schedule.paused_by)} <Time at={schedule.paused_at} />: no time is kept until it is
          resumed.
        </p>
      )}
      {schedule.queued_for && (
        <p>
          Runs once more as soon as the run has ended, for <Time at={schedule.queued_for} form="day" />.
        </p>
      )}
      <NextTimes times={schedule.next_times} zone={schedule.time_zone} />
      <p className="text-quiet">{countsText(schedule)}</p>
      {last && schedule.last && (
        <p className="text-quiet">
          Last due <Time at={schedule.last.due_at} />: {last}
        </p>
      )}
    </div>
  );
}

function Pause({ schedule }: { schedule: Schedule }) {
  const cache = useQueryClient();
  const session = useSession();
  const change = useMutation({
    mutationFn: schedule.paused ? resumeSchedule : pauseSchedule,
    onSuccess: (changed) => cache.setQueryData(keys.schedule(schedule.project_id), changed),
  });
  return (
    <>
      <Button
        isBusy={change.isPending}
        blocked={roleRefusal("change anything", session)}
        onClick={() => change.mutate(schedule.project_id)}
      >
        {schedule.paused ? "Resume the schedule" : "Pause the schedule"}
      </Button>
      {change.error && <ErrorNote error={change.error} />}
    </>
  );
}
