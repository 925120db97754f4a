/** What the command palette offers: the project in view, projects and runs by name, pages, this browser, the session. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useSession } from "@/hooks/use-session";
import { useSessionActs } from "@/hooks/use-session-acts";
import { useTimeZone } from "@/hooks/use-time-zone";
import { serverNow } from "@/lib/clock";
import { AND_MORE, foundProjects, newestRuns } from "@/lib/finding";
import type { Offer } from "@/lib/palette";
import { type Project, projectQuery } from "@/lib/projects";
import { isToEnd, restartRefusal, runRefusal, stopRefusal } from "@/lib/run-acts";
import type { Run } from "@/lib/run-words";
import { runQuery } from "@/lib/runs";
import { lookOf } from "@/lib/states";
import { chooseTheme, type ThemeChoice } from "@/lib/theme";

/** What is asked about in a dialog after the palette. */
export type Asked = { act: "restart" | "stop"; run: Run } | { act: "run"; project: Project } | { act: "keys" };

export function useHereOffers(ask: (asked: Asked) => void): Offer[] {
  const { projectId, runId } = useParams({ strict: false });
  const session = useSession();
  const navigate = useNavigate();
  const { data: seen } = useQuery({ ...runQuery(runId ?? ""), enabled: !!runId });
  const id = projectId ?? seen?.project_id;
  const { data: project } = useQuery({ ...projectQuery(id ?? ""), enabled: !!id });
  if (!project) return [];
  const run = project.latest_run;
  const offer = (name: string, hint: string, act: () => void): Offer => ({
    id: `here-${name}`,
    group: "In view",
    label: `${name} ${project.name}`,
    hint,
    act,
  });
  const restarts = run && restartRefusal(run, session) === null;
  const stops = run && stopRefusal(run, session, serverNow()) === null;
  const [stop, how] = run && isToEnd(run) ? ["End", ", without the rest of its grace time"] : ["Stop", ""];
  return [
    ...(restarts ? [offer("Restart", `#${run.number}, with choices`, () => ask({ act: "restart", run }))] : []),
    ...(runRefusal(run, session) === null
      ? [offer("Run", "as it is defined now", () => ask({ act: "run", project }))]
      : []),
    ...(runId
      ? [offer("Go to", "", () => void navigate({ to: "/projects/$projectId", params: { projectId: project.id } }))]
      : []),
    ...(run && run.run_id !== runId
      ? [
          offer(
            "Output of",
            `#${run.number}`,
            () => void navigate({ to: "/runs/$runId", params: { runId: run.run_id } }),
          ),
        ]
      : []),
    // Last: what hurts is never what Enter does unasked.
    ...(stops ? [offer(stop, `#${run.number}${how}`, () => ask({ act: "stop", run }))] : []),
  ];
}

const PROJECTS = "Projects";
const RUNS = "Newest runs";

type FoundOffers = {
  offers: Offer[];
  /** What stands below a group of which not all are offered. */
  notes: Record<string, string>;
  error: Error | null;
  isReading: boolean;
};

export function useFoundOffers(search: string): FoundOffers {
  const navigate = useNavigate();
  const projects = useQuery(foundProjects(search));
  const runs = useQuery(newestRuns);
  const offers = [
    ...(projects.data?.items ?? []).map((project) => ({
      id: project.id,
      group: PROJECTS,
      label: project.name,
      hint: lookOf(project.latest_run).word,
      act: () => void navigate({ to: "/projects/$projectId", params: { projectId: project.id } }),
    })),
    ...(runs.data?.items ?? []).map((run) => ({
      id: run.run_id,
      group: RUNS,
      label: `${run.project_name} #${run.number}`,
      hint: lookOf(run).word,
      act: () => void navigate({ to: "/runs/$runId", params: { runId: run.run_id } }),
    })),
  ];
  const notes = {
    ...(projects.data?.areMore && { [PROJECTS]: AND_MORE }),
    // Typing finds none but these: the portal is asked for the newest, whatever they are called.
    ...(runs.data?.areMore && { [RUNS]: "Older ones are on the pages of their projects." }),
  };
  const isReading = projects.isFetching || projects.isPlaceholderData;
  return { offers, notes, error: projects.error ?? runs.error, isReading };
}

const THEMES: [ThemeChoice, string][] = [
  ["light", "Light theme"],
  ["dark", "Dark theme"],
  ["system", "Theme of the system"],
];

export function useGeneralOffers(ask: (asked: Asked) => void, chooseZone: () => void) {
  const navigate = useNavigate();
  const zone = useTimeZone();
  const session = useSession();
  const { leave, change, error } = useSessionActs();
  const pages: Offer[] = (["/status", "/projects", "/settings"] as const).map((to) => ({
    id: to,
    group: "Pages",
    label: `${to.slice(1, 2).toUpperCase()}${to.slice(2)}`,
    act: () => void navigate({ to }),
  }));
  const browser: Offer[] = [
    ...THEMES.map(([choice, label]) => ({ id: choice, group: "This browser", label, act: () => chooseTheme(choice) })),
    { id: "zone", group: "This browser", label: "Time zone", hint: zone, staysOpen: true, act: chooseZone },
    { id: "keys", group: "This browser", label: "Keys", hint: "what each does", act: () => ask({ act: "keys" }) },
  ];
  const tenants = session?.tenants.filter((tenant) => tenant.id !== session.tenant.id) ?? [];
  const sessionOffers: Offer[] = [
    ...tenants.map((tenant) => ({
      id: tenant.id,
      group: "Session",
      label: `Go to ${tenant.name}`,
      staysOpen: true,
      act: () => change.mutate(tenant.id),
    })),
    { id: "leave", group: "Session", label: "Log out", staysOpen: true, act: () => leave.mutate() },
  ];
  return { offers: [...pages, ...browser, ...sessionOffers], error };
}
