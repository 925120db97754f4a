import { ChevronRight } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { FormState } from "@/hooks/use-project-form";
import type { FieldName } from "@/lib/project-form";

type Props = {
  form: FormState;
  title: string;
  /** What holds now, in a few words. */
  says: string;
  fields: FieldName[];
  /** Whether it says something that is not so by itself, so that it begins open. */
  isSet: boolean;
  /** What stands behind the # of an address that leads here. */
  anchor?: string;
  children: ReactNode;
};

/** Fields that few need, behind one line that says how they stand. What is wrong in it opens it. */
export function FormFold({ form, title, says, fields, isSet, anchor, children }: Props) {
  const [isWanted] = useState(() => anchor !== undefined && window.location.hash === `#${anchor}`);
  const [isOpen, setOpen] = useState(isSet || isWanted);
  const head = useRef<HTMLElement>(null);
  useEffect(() => {
    if (isWanted) head.current?.focus();
  }, [isWanted]);
  const isWrong = fields.some((field) => form.errors[field]);
  return (
    <details
      open={isOpen || isWrong}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      className="group border-line border-t last:border-b"
    >
      <summary
        ref={head}
        className="flex cursor-pointer list-none flex-wrap items-center gap-x-2 py-3 [&::-webkit-details-marker]:hidden"
      >
        <ChevronRight aria-hidden="true" className="size-4 text-quiet transition-transform group-open:rotate-90" />
        <span className="font-medium">{title}</span>
        <span className="ml-auto text-quiet text-small">{says}</span>
      </summary>
      <div className="grid items-start gap-x-6 gap-y-4 pb-5 sm:grid-cols-2">{children}</div>
    </details>
  );
}
