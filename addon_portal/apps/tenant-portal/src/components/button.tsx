import type { ComponentProps, ReactNode } from "react";
import { useId } from "react";

type Kind = "plain" | "primary" | "danger" | "quiet";

const KINDS: Record<Kind, string> = {
  plain: "border border-line bg-raised text-ink hover:border-edge hover:bg-hover",
  primary: "border border-accent bg-accent text-on-accent hover:border-accent-strong hover:bg-accent-strong",
  danger: "border border-line bg-raised text-red hover:border-red",
  quiet: "border border-transparent text-quiet hover:bg-hover hover:text-ink",
};

type Props = Omit<ComponentProps<"button">, "disabled"> & {
  kind?: Kind;
  /** Why it cannot be used now. A button that is grey without a reason helps nobody. */
  blocked?: string | null | undefined;
  /** The reason stands beside it for everybody, not only in its tip and for screen readers. */
  showsReason?: boolean;
  isBusy?: boolean;
  children: ReactNode;
};

const BUTTON =
  "inline-flex h-8 items-center justify-center gap-1.5 rounded-sm px-3 font-medium whitespace-nowrap transition-colors select-none";

/** Before all buttons of its row, at the other end of it where there is room, else in a line of its own. */
const REASON = "-order-1 mr-auto self-center text-quiet text-small max-sm:basis-full";

/** How what leads elsewhere looks where it is one of the acts of a page. */
export const buttonLook = (kind: Kind = "plain") => `${BUTTON} ${KINDS[kind]}`;

/** The act and the object: `Restart`, `Restart 14 failed runs`. It stays focusable while it is blocked, and says why. */
export function Button({
  kind = "plain",
  blocked,
  showsReason = false,
  isBusy,
  children,
  className = "",
  onClick,
  type = "button",
  ...rest
}: Props) {
  const reason = useId();
  const isOff = !!blocked || !!isBusy;
  return (
    <>
      <button
        {...rest}
        type={type}
        aria-disabled={isOff || undefined}
        aria-busy={isBusy || undefined}
        aria-describedby={blocked ? reason : rest["aria-describedby"]}
        title={showsReason ? rest.title : (blocked ?? rest.title)}
        onClick={isOff ? (event) => event.preventDefault() : onClick}
        className={`${BUTTON} ${KINDS[kind]} ${isOff ? "cursor-not-allowed opacity-60" : ""} ${className}`}
      >
        {children}
      </button>
      {blocked && (
        <span id={reason} className={showsReason ? REASON : "sr-only"}>
          {blocked}
        </span>
      )}
    </>
  );
}
