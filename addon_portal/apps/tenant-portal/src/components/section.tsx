import type { ReactNode } from "react";
import { useId } from "react";

type Props = {
  title: string;
  /** Before the heading: what is about all rows below it. */
  lead?: ReactNode;
  note?: ReactNode;
  children: ReactNode;
};

/** A part of a page below a line, with its own heading. */
export function Section({ title, lead, note, children }: Props) {
  const heading = useId();
  return (
    <section aria-labelledby={heading} className="mt-8">
      <div className="flex flex-wrap items-baseline gap-x-3 border-line border-b pb-1">
        {lead && <span className="self-center">{lead}</span>}
        <h2 id={heading} className="font-semibold text-lead">
          {title}
        </h2>
        {note && <div className="ml-auto text-quiet text-small">{note}</div>}
      </div>
      {children}
    </section>
  );
}
