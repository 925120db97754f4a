import type { ReactNode } from "react";

interface Props {
  readonly label: string;
  readonly onClick: () => void;
  /** Of a switch: whether it is on. */
  readonly isOn?: boolean;
  readonly children: ReactNode;
}

/** A small button of the log's bar; what it does is its label and its title. */
export function LogButton({ label, onClick, isOn, children }: Props) {
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      aria-pressed={isOn}
      onClick={onClick}
      className={`inline-flex h-8 min-w-8 shrink-0 items-center justify-center rounded-sm border px-1.5 text-small ${
        isOn ? "border-accent text-accent" : "border-transparent text-quiet hover:bg-hover hover:text-ink"
      }`}
    >
      {children}
    </button>
  );
}
