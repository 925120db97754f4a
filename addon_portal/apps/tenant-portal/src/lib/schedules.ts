/** When a project runs by itself: read, previewed, stored, paused, taken away. */
import { queryOptions } from "@tanstack/react-query";
import { answerOf, client, type Schemas } from "@/lib/api";
import { keys } from "@/lib/keys";

export type Schedule = Schemas["ScheduleBody"];

const of = (projectId: string) => ({ params: { path: { project_id: projectId } } });

/** Null: it has none. */
export const scheduleQuery = (projectId: string) =>
  queryOptions({
    queryKey: keys.schedule(projectId),
    queryFn: async ({ signal }): Promise<Schedule | null> => {
      const query = { project_id: projectId, limit: 1 };
      const page = await answerOf(client.GET("/api/tenant/schedules", { params: { query }, signal }));
      return page.items[0] ?? null;
    },
  });

/** The next times of an expression, whoever has it; refused with what is wrong with it. */
export const timetableQuery = (cron: string, timeZone: string) =>
  queryOptions({
    queryKey: keys.timetable(cron, timeZone),
    queryFn: ({ signal }): Promise<Schemas["TimesBody"]> => {
      const query = { cron, time_zone: timeZone };
      return answerOf(client.GET("/api/tenant/timetable", { params: { query }, signal }));
    },
    staleTime: 0,
  });

export const putSchedule = (projectId: string, body: Schemas["ScheduleRequest"]): Promise<Schedule> =>
  answerOf(client.PUT("/api/tenant/projects/{project_id}/schedule", { ...of(projectId), body }));

export const deleteSchedule = (projectId: string) =>
  answerOf(client.DELETE("/api/tenant/projects/{project_id}/schedule", of(projectId)));

export const pauseSchedule = (projectId: string): Promise<Schedule> =>
  answerOf(client.POST("/api/tenant/projects/{project_id}/schedule/pause", of(projectId)));

export const resumeSchedule = (projectId: string): Promise<Schedule> =>
  answerOf(client.POST("/api/tenant/projects/{project_id}/schedule/resume", of(projectId)));
