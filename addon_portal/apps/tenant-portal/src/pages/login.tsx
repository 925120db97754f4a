import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/button";
import { ErrorNote } from "@/components/error-note";
import { keys } from "@/lib/keys";
import { logIn } from "@/lib/session";

/** By the link that the portal printed, whose token stands behind the # and reaches no log; or by an API key. */
export function LoginPage() {
  const { from } = useSearch({ from: "/login" });
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [key, setKey] = useState("");
  const entry = useMutation({
    mutationFn: logIn,
    onSuccess: (session) => {
      cache.setQueryData(keys.session, session);
      return navigate({ to: from ?? "/status", replace: true });
    },
  });
  useTokenOfLink((token) => entry.mutate({ token }));
  return (
    <main className="mx-auto flex min-h-dvh max-w-96 flex-col justify-center px-4">
      <h1 className="font-semibold text-title">Addon Portal</h1>
      <p className="mt-2 text-quiet">
        Open the link that <code>addon-portal up</code> printed, or ask for a new one with{" "}
        <code>addon-portal login</code>.
      </p>
      <form
        className="mt-6 flex flex-col gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          entry.mutate({ api_key: key.trim() });
        }}
      >
        <label htmlFor="api-key" className="font-medium">
          Or log in with an API key
        </label>
        <input
          id="api-key"
          type="password"
          autoComplete="current-password"
          required
          value={key}
          onChange={(event) => setKey(event.target.value)}
          className="h-8 rounded-sm border border-edge bg-raised px-2 font-mono"
        />
        <Button kind="primary" type="submit" isBusy={entry.isPending} className="mt-1">
          Log in
        </Button>
      </form>
      <div className="mt-4 min-h-16">{entry.error && <ErrorNote error={entry.error} />}</div>
    </main>
  );
}

/** The token is taken once, and out of the address bar and the history before it is used. */
function useTokenOfLink(use: (token: string) => void) {
  const isTaken = useRef(false);
  useEffect(() => {
    const token = new URLSearchParams(window.location.hash.slice(1)).get("token");
    if (!token || isTaken.current) return;
    isTaken.current = true;
    window.history.replaceState(window.history.state, "", window.location.pathname + window.location.search);
    use(token);
  }, [use]);
}
