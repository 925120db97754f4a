import type { ReactNode } from "react";

/** Nothing is here, why, and the first step. */
export function EmptyState({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="py-6">
      <p className="font-medium">{title}</p>
      {children && <div className="mt-1 max-w-160 text-quiet">{children}</div>}
    </div>
  );
}
