/** The names under which answers are kept: whoever reads and whoever applies an event must mean the same. */

export const keys = {
  session: ["session"] as const,
  host: ["host"] as const,
  status: ["status"] as const,
  stats: ["stats"] as const,
  projects: ["projects"] as const,
  projectLists: ["projects", "list"] as const,
  projectList: (filter: object) => ["projects", "list", filter] as const,
  project: (id: string) => ["projects", "one", id] as const,
  offer: ["offer"] as const,
  schedule: (projectId: string) => ["schedules", projectId] as const,
  timetable: (cron: string, timeZone: string) => ["timetable", cron, timeZone] as const,
  files: (projectId: string) => ["projects", "files", projectId] as const,
  runs: ["runs"] as const,
  run: (id: string) => ["runs", "one", id] as const,
  runLists: ["runs", "list"] as const,
  runList: (filter: object) => ["runs", "list", filter] as const,
  apiKeys: ["api-keys"] as const,
  people: ["people"] as const,
  webhooks: ["webhooks"] as const,
  deliveries: (webhookId: string) => ["deliveries", webhookId] as const,
  delivery: (webhookId: string, id: string) => ["deliveries", webhookId, id] as const,
  /** How many bytes a run has written; events alone fill it. */
  logSize: (id: string) => ["log-size", id] as const,
  bulks: ["bulk-restarts"] as const,
  bulk: (id: string) => ["bulk-restarts", "one", id] as const,
  /** The last lines of runs in lists. */
  growingLines: ["last-lines", "growing"] as const,
  finalLines: ["last-lines", "final"] as const,
};
