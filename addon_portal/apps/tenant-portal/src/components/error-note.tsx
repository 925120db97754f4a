import type { ReactNode } from "react";
import { Button } from "@/components/button";
import { Moments } from "@/components/sentence";
import { StateShape } from "@/components/state-shape";
import { problemOf } from "@/lib/api";
import { detailBelow } from "@/lib/sentences";

type Props = { error: unknown; retry?: () => void; children?: ReactNode };

/** What went wrong and what to do, where it went wrong. Field by field where the portal said so. */
export function ErrorNote({ error, retry, children }: Props) {
  const problem = problemOf(error);
  // Of a request that means nothing, the detail is all of them in one line.
  const fields = problem.problems ?? [];
  return (
    <div role="alert" className="flex gap-2 rounded-sm border-red border-l-2 bg-red-wash px-3 py-2">
      <StateShape shape="triangle" className="mt-0.5 text-red" />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{problem.title}</p>
        {!fields.length && (
          <p className="wrap-anywhere">
            <Moments text={detailBelow(problem.title, problem.detail)} />
          </p>
        )}
        {fields.map(({ field, expected, got }) => (
          <p key={field} className="wrap-anywhere">
            <code>{field}</code>: expected {expected}, got {got}
          </p>
        ))}
        {children}
      </div>
      {retry && <Button onClick={retry}>Try again</Button>}
    </div>
  );
}
