import { type ReactNode, useId } from "react";

type Option<T extends string> = { value: T; label: string; hint?: ReactNode; blocked?: string | null };
type Props<T extends string> = {
  legend: string;
  value: T;
  options: Option<T>[];
  onChange: (value: T) => void;
};

/** One of a few, each with what it means; what cannot be chosen says why. */
export function Choice<T extends string>({ legend, value, options, onChange }: Props<T>) {
  const name = useId();
  return (
    <fieldset className="mt-4">
      <legend className="font-medium">{legend}</legend>
      {options.map((option) => (
        <label key={option.value} className="mt-1 flex items-start gap-2">
          <input
            type="radio"
            name={name}
            checked={option.value === value}
            disabled={!!option.blocked}
            onChange={() => onChange(option.value)}
            className="mt-0.5 size-4 accent-accent"
          />
          <span className={option.blocked ? "text-quiet" : ""}>
            {option.label}
            <span className="block text-quiet text-small wrap-anywhere">{option.blocked ?? option.hint}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
