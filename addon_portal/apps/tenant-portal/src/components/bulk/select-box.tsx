type Props = {
  label: string;
  isOn: boolean;
  isPartly?: boolean;
  onChange: (isOn: boolean) => void;
};

/** Whether a row, or all of them, are selected. It can be hit beside the box too. */
export function SelectBox({ label, isOn, isPartly = false, onChange }: Props) {
  return (
    <label className="-m-1.5 grid cursor-pointer place-items-center p-1.5">
      <input
        ref={(box) => {
          if (box) box.indeterminate = isPartly && !isOn;
        }}
        type="checkbox"
        aria-label={label}
        checked={isOn}
        onChange={(event) => onChange(event.target.checked)}
        className="size-4 accent-accent"
      />
    </label>
  );
}
