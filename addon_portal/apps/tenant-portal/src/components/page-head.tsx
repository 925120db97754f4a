import type { ReactNode } from "react";
import { useEffect } from "react";

type Props = { title: string; actions?: ReactNode; children?: ReactNode };

/** The title of a page, also of its tab, with what can be done here at the right. */
export function PageHead({ title, actions, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Addon Portal`;
  }, [title]);
  return (
    <div className="mb-2">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h1 className="min-w-0 flex-[1_1_12rem] font-semibold text-title wrap-anywhere">{title}</h1>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </div>
      {children && <div className="mt-2">{children}</div>}
    </div>
  );
}
