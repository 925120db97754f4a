import { Menu } from "@base-ui/react/menu";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ChevronDown } from "lucide-react";
import { useSession } from "@/hooks/use-session";
import { keys } from "@/lib/keys";
import { logOut, switchTenant } from "@/lib/session";

const ITEM = "flex cursor-default items-center rounded-sm px-2 py-1.5 outline-none data-highlighted:bg-hover";

/** The tenant that is looked at, and who looks; other tenants for operators; the way out. */
export function TenantMenu() {
  const session = useSession();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const leave = useMutation({
    mutationFn: logOut,
    onSuccess: () => {
      cache.setQueryData(keys.session, null);
      void navigate({ to: "/login" });
    },
  });
  // Nothing of one tenant may be left on the screen of another: the page begins anew.
  const change = useMutation({ mutationFn: switchTenant, onSuccess: () => window.location.assign("/status") });
  if (!session) return null;
  const others = session.tenants.filter((tenant) => tenant.id !== session.tenant.id);
  return (
    <Menu.Root>
      <Menu.Trigger className="flex h-8 min-w-0 items-center gap-1 rounded-sm px-2 hover:bg-hover max-sm:-ml-2 max-sm:mr-auto">
        <span className="truncate font-medium">{session.tenant.name}</span>
        <ChevronDown aria-hidden="true" className="size-4 text-quiet" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="end" className="z-40">
          <Menu.Popup className="min-w-56 rounded-md border border-line bg-raised p-1 shadow-popup outline-none">
            <p className="px-2 py-1.5 text-quiet text-small">
              {session.name} · {session.role} · version {session.version}
            </p>
            {others.map((tenant) => (
              <Menu.Item key={tenant.id} className={ITEM} onClick={() => change.mutate(tenant.id)}>
                Go to {tenant.name}
              </Menu.Item>
            ))}
            <Menu.Item className={ITEM} onClick={() => leave.mutate()}>
              Log out
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
