import { Link, Outlet } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { AwayNote } from "@/components/away-note";
import { Commands } from "@/components/commands";
import { ConnectionState } from "@/components/connection-state";
import { ElsewhereNote } from "@/components/elsewhere-note";
import { TenantMenu } from "@/components/tenant-menu";
import { ThemeSwitch } from "@/components/theme-switch";
import { useLiveEvents } from "@/hooks/use-live-events";

const TAB =
  "flex h-12 items-center border-b-2 border-transparent px-1 text-quiet hover:text-ink data-[status=active]:border-accent data-[status=active]:text-ink";

/** What stands around every page: whose it is, where one can go, and whether what is shown is live. */
export function Shell({ children = <Outlet /> }: { children?: ReactNode }) {
  useLiveEvents();
  return (
    <div className="flex min-h-dvh flex-col">
      <a href="#main" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-raised focus:p-2">
        Skip to the content
      </a>
      {/* On a narrow screen there are two rows, of which the second stays when one scrolls. */}
      <header className="sticky top-0 z-20 border-line border-b bg-ground max-sm:-top-10">
        <div className="mx-auto flex max-w-320 items-center gap-x-3 px-4 max-sm:flex-col-reverse max-sm:items-stretch">
          <nav aria-label="Pages" className="flex gap-3 font-medium sm:gap-4">
            <Link to="/status" className={TAB}>
              Status
            </Link>
            <Link to="/projects" className={TAB}>
              Projects
            </Link>
            <Link to="/settings" className={TAB}>
              Settings
            </Link>
          </nav>
          <div className="flex h-10 min-w-0 items-center gap-1 sm:ml-auto sm:gap-2">
            <TenantMenu />
            <ConnectionState />
            <Commands />
            <ThemeSwitch />
          </div>
        </div>
        <ElsewhereNote />
      </header>
      <main id="main" tabIndex={-1} className="mx-auto w-full max-w-320 flex-1 px-4 pt-6 pb-16 outline-none">
        {children}
      </main>
      <AwayNote />
    </div>
  );
}
