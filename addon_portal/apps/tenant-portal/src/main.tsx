/** Where the page is put together: cache, router, theme. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiProblem, whenLoggedOut } from "@/lib/api";
import { keys } from "@/lib/keys";
import { followSystemTheme } from "@/lib/theme";
import { makeRouter } from "@/router";
import "@/styles.css";

const cache = new QueryClient({
  defaultOptions: {
    queries: {
      // Events keep what is shown current; what was shown stays on the screen while it is read anew.
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < 3 && isWorthRetrying(error),
      retryDelay: (failures) => Math.min(250 * 2 ** failures, 4_000),
    },
  },
});

function isWorthRetrying(error: unknown) {
  return !(error instanceof ApiProblem) || error.problem.status === 0 || error.problem.status >= 500;
}

const router = makeRouter(cache);
whenLoggedOut(() => {
  if (cache.getQueryData(keys.session) === null) return;
  cache.setQueryData(keys.session, null);
  void router.invalidate();
});
followSystemTheme();

const place = document.getElementById("root");
if (place) {
  createRoot(place).render(
    <StrictMode>
      <QueryClientProvider client={cache}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}
