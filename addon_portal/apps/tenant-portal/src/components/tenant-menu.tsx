import { Menu } from "@base-ui/react/menu";
import { ChevronDown } from "lucide-react";
import { ErrorNote } from "@/components/error-note";
import { useSession } from "@/hooks/use-session";
import { useSessionActs } from "@/hooks/use-session-acts";

const ITEM = "flex cursor-default items-center rounded-sm px-2 py-1.5 outline-none data-highlighted:bg-hover";

/** The tenant that is looked at, and who looks; other tenants for operators; the way out. */
export function TenantMenu() {
  const session = useSession();
  const { leave, change, error } = useSessionActs();
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
              <Menu.Item key={tenant.id} className={ITEM} closeOnClick={false} onClick={() => change.mutate(tenant.id)}>
                Go to {tenant.name}
              </Menu.Item>
            ))}
            <Menu.Item className={ITEM} closeOnClick={false} onClick={() => leave.mutate()}>
              Log out
            </Menu.Item>
            {error && <ErrorNote error={error} />}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
