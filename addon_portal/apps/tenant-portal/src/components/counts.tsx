import { StateShape, TONE_TEXT } from "@/components/state-shape";
import { useSight } from "@/hooks/use-host";
import { HEALTH, type Look, STATES } from "@/lib/states";
import type { Status } from "@/lib/status";

type Count = { label: string; value: number; look: Look; to?: string; always?: boolean };

/** How many runs stand where; what can be found further down leads there. Troubles are named only where there are some. */
export function Counts({ status }: { status: Status }) {
  const { active_runs: active, health, last_24_hours: day } = status;
  const isOld = useSight()?.unreachable;
  const trouble = (name: keyof typeof health, label: string): Count => ({
    label,
    value: health[name],
    look: HEALTH[name] ?? STATES.running,
    to: "#attention",
  });
  const counts: Count[] = [
    { label: "running", value: active.running + active.starting, look: STATES.running, to: "#running", always: true },
    { label: "stopping", value: active.stopping, look: STATES.stopping, to: "#running" },
    { label: "waiting", value: active.pending, look: STATES.pending, to: "#waiting", always: true },
    trouble("silent", "silent"),
    trouble("overdue", "overdue"),
    trouble("unsupervised", "unsupervised"),
    ...(status.unreachable ? [] : [trouble("unreachable", "unseen")]),
    { label: "failed in 24 h", value: day.failed, look: STATES.failed, always: true },
    { label: "outcome unknown in 24 h", value: day.unknown, look: { word: "", shape: "question", tone: "grey" } },
    { label: "completed in 24 h", value: day.completed, look: STATES.completed, always: true },
  ];
  return (
    <ul className="flex flex-wrap gap-x-8 gap-y-3">
      {counts
        .filter(({ value, always }) => value || always)
        .map((count) => (
          <li key={count.label}>
            {count.to ? (
              <a href={count.to} className="group block">
                <Figure {...count} look={isOld ? { ...count.look, tone: "grey" } : count.look} />
              </a>
            ) : (
              <Figure {...count} />
            )}
          </li>
        ))}
    </ul>
  );
}

function Figure({ label, value, look, to }: Count) {
  return (
    <>
      <span
        className={`flex items-center gap-1.5 font-semibold text-title tabular-nums ${value ? TONE_TEXT[look.tone] : "text-quiet"}`}
      >
        <StateShape shape={look.shape} />
        {value}
      </span>
      <span className={`text-quiet ${to ? "group-hover:underline" : ""}`}>{label}</span>
    </>
  );
}
