import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { Button } from "@/components/button";
import { ErrorNote } from "@/components/error-note";
import { StateShape } from "@/components/state-shape";
import { useSession } from "@/hooks/use-session";
import { keys } from "@/lib/keys";
import { switchTenant } from "@/lib/session";
import { useShownTenant } from "@/lib/shown-tenant";

/** Above everything, when the session was moved to another tenant in another tab: nothing works here until one chooses. */
export function ElsewhereNote() {
  const { tenant, elsewhere } = useShownTenant();
  const session = useSession();
  const cache = useQueryClient();
  const back = useMutation({
    mutationFn: switchTenant,
    onSuccess: () => cache.invalidateQueries(),
  });
  const elsewhereId = elsewhere?.id;
  useEffect(() => {
    // A refusal says where the session looks; what it may, and its token, are asked for.
    if (elsewhereId) void cache.invalidateQueries({ queryKey: keys.session });
  }, [cache, elsewhereId]);
  if (!tenant || !elsewhere) return null;
  const mayReturn = !session || session.tenants.some(({ id }) => id === tenant.id);
  return (
    <div className="border-amber border-t bg-amber-wash">
      <div className="mx-auto flex max-w-320 flex-wrap items-center gap-2 px-4 py-2">
        <p role="alert" className="flex min-w-0 flex-1 basis-72 gap-2 wrap-anywhere">
          <StateShape shape="triangle" className="mt-0.5 text-amber" />
          <span>
            This tab shows <b>{tenant.name}</b>; the session looks at <b>{elsewhere.name}</b> now, changed in another
            tab. Nothing is read or stored here until you choose.
          </span>
        </p>
        <Button onClick={() => window.location.assign("/status")}>Go to {elsewhere.name}</Button>
        <Button
          kind="primary"
          isBusy={back.isPending}
          blocked={mayReturn ? null : `Who is logged in now may not see ${tenant.name}.`}
          onClick={() => back.mutate(tenant.id)}
        >
          Back to {tenant.name}
        </Button>
        {back.error && <ErrorNote error={back.error} />}
      </div>
    </div>
  );
}
