import { useId } from "react";
import { useTimeZone } from "@/hooks/use-time-zone";
import { allZones, chooseTimeZone, ownZone } from "@/lib/time-zone";

/** The zone in which all times are shown. */
export function TimeZoneField() {
  const id = useId();
  const zone = useTimeZone();
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 py-3">
      <label htmlFor={id} className="w-40 font-medium">
        Time zone
      </label>
      <select
        id={id}
        value={zone}
        onChange={(event) => chooseTimeZone(event.target.value)}
        className="h-8 rounded-sm border border-edge bg-raised px-2"
      >
        {allZones().map((name) => (
          <option key={name} value={name}>
            {name === ownZone() ? `${name} (this computer's)` : name}
          </option>
        ))}
      </select>
    </div>
  );
}
