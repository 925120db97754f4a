import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/button";
import { ErrorNote } from "@/components/error-note";
import { Field, INPUT } from "@/components/field";
import { keys } from "@/lib/keys";
import { logIn } from "@/lib/session";

/** By the link that the portal printed, whose secret stands behind the # and reaches no server's log. */
export function LoginPage() {
  const { from } = useSearch({ from: "/login" });
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [pasted, setPasted] = useState("");
  const entry = useMutation({
    mutationFn: logIn,
    onSuccess: (session) => {
      // Who logs in may see another tenant than whoever was here before.
      cache.removeQueries();
      cache.setQueryData(keys.session, session);
      return navigate({ to: from ?? "/status", replace: true });
    },
  });
  useTokenOfLink(entry.mutate);
  return (
    <main className="mx-auto flex min-h-dvh max-w-112 flex-col justify-center px-4 pb-[20vh]">
      <h1 className="font-semibold text-title">Addon Portal</h1>
      <p className="mt-2 text-quiet">
        The portal lets people in by links that work once. It printed one when it was started; this makes another, on
        its machine:
      </p>
      <pre className="mt-2 overflow-x-auto rounded-sm bg-sunken px-3 py-2">addon-portal login-link</pre>
      <form
        className="mt-6 flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          entry.mutate(tokenOf(pasted));
        }}
      >
        <Field id="link" label="Link" hint="Opening it in this browser does the same.">
          <input
            id="link"
            aria-describedby="link-hint"
            autoComplete="off"
            spellCheck={false}
            required
            value={pasted}
            onChange={(event) => setPasted(event.target.value)}
            className={`${INPUT} font-mono`}
          />
        </Field>
        <Button kind="primary" type="submit" isBusy={entry.isPending}>
          Log in
        </Button>
      </form>
      <div className="mt-4 min-h-16">{entry.error && <ErrorNote error={entry.error} />}</div>
    </main>
  );
}

/** The secret of a link, or what was pasted without the rest of it. */
function tokenOf(pasted: string): string {
  const text = pasted.trim();
  return new URLSearchParams(text.slice(text.indexOf("#") + 1)).get("token") ?? text;
}

/** The secret of the address is used once, and taken out of the address bar and the history before that. */
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
