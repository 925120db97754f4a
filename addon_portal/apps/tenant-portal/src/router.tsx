/** The addresses of the page, and what of them stands in the search part. Put together by `main.tsx`. */
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { ErrorNote } from "@/components/error-note";
import { Shell } from "@/components/shell";
import { statusSearch } from "@/lib/hours";
import { projectSearch } from "@/lib/project-files";
import { projectsSearch } from "@/lib/project-filter";
import { sessionQuery } from "@/lib/session";
import { settingsSearch } from "@/lib/settings-search";
import { LoginPage } from "@/pages/login";
import { NotFoundPage, NothingHere } from "@/pages/not-found";
import { ProjectPage } from "@/pages/project";
import { ProjectsPage } from "@/pages/projects";
import { RunPage } from "@/pages/run";
import { StatusPage } from "@/pages/status";

const root = createRootRouteWithContext<{ cache: QueryClient }>()({ component: Outlet });

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  component: LoginPage,
  // Only a path of this page: an address from outside must not send anybody elsewhere after the log-in.
  validateSearch: ({ from }: Record<string, unknown>) =>
    typeof from === "string" && /^\/(?!\/)/.test(from) && !from.startsWith("/login") ? { from } : {},
});

const app = createRoute({
  getParentRoute: () => root,
  id: "app",
  component: Shell,
  notFoundComponent: NothingHere,
  beforeLoad: async ({ context, location }) => {
    const session = await context.cache.ensureQueryData(sessionQuery);
    if (!session) throw redirect({ to: "/login", search: location.pathname === "/" ? {} : { from: location.href } });
  },
});

/** `at` is a line of the output, by one of its bytes; `compare` another run. */
function runSearch({ at, compare }: Record<string, unknown>): { at?: number; compare?: string } {
  const offset = Number(at);
  return {
    ...(at !== undefined && Number.isSafeInteger(offset) && offset >= 0 && { at: offset }),
    ...(typeof compare === "string" && { compare }),
  };
}

const routeTree = root.addChildren([
  login,
  app.addChildren([
    createRoute({
      getParentRoute: () => app,
      path: "/",
      beforeLoad: () => {
        throw redirect({ to: "/status", replace: true });
      },
    }),
    createRoute({ getParentRoute: () => app, path: "/status", component: StatusPage, validateSearch: statusSearch }),
    createRoute({
      getParentRoute: () => app,
      path: "/projects",
      component: ProjectsPage,
      validateSearch: projectsSearch,
    }),
    createRoute({
      getParentRoute: () => app,
      path: "/projects/new",
      component: lazyRouteComponent(() => import("@/pages/project-form"), "NewProjectPage"),
    }),
    createRoute({
      getParentRoute: () => app,
      path: "/projects/$projectId",
      component: ProjectPage,
      validateSearch: projectSearch,
    }),
    createRoute({
      getParentRoute: () => app,
      path: "/projects/$projectId/edit",
      component: lazyRouteComponent(() => import("@/pages/project-form"), "EditProjectPage"),
    }),
    createRoute({ getParentRoute: () => app, path: "/runs/$runId", component: RunPage, validateSearch: runSearch }),
    createRoute({
      getParentRoute: () => app,
      path: "/restarts/$bulkId",
      component: lazyRouteComponent(() => import("@/pages/bulk-restart"), "BulkRestartPage"),
    }),
    createRoute({
      getParentRoute: () => app,
      path: "/settings",
      // Rarely opened, so not part of the first load.
      component: lazyRouteComponent(() => import("@/pages/settings"), "SettingsPage"),
      validateSearch: settingsSearch,
    }),
  ]),
]);

export function makeRouter(cache: QueryClient) {
  return createRouter({
    routeTree,
    context: { cache },
    scrollRestoration: true,
    defaultPreload: false,
    defaultNotFoundComponent: NotFoundPage,
    defaultErrorComponent: ({ error, reset }) => <ErrorNote error={error} retry={reset} />,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
