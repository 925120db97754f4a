/** What webhooks are told, and what became of messages, in words: the complete records. Pure. */
import type { Schemas } from "@/lib/api";
import type { Look } from "@/lib/states";
import type { Delivery, Webhook } from "@/lib/webhooks";

export type Fact = Schemas["Fact"];

export const FACTS: Record<Fact, { word: string; when: string }> = {
  "run.failed": { word: "Failed", when: "A run has failed, by its program or by the portal." },
  "run.recovered": { word: "Works again", when: "A run has succeeded after one that had not." },
  "run.overdue": { word: "Overdue", when: "A run takes longer than is usual for the installation." },
  "run.silent": { word: "Silent", when: "Nothing was heard of a run for longer than its project allows." },
  "run.outcome_unknown": { word: "Outcome unknown", when: "A run has ended and nobody saw how." },
  "run.outcome_amended": { word: "Outcome found", when: "Later evidence shows how such a run had ended." },
  "run.gave_up": { word: "Gave up", when: "The restart policy does not restart a project any more." },
  "run.completed": { word: "Completed", when: "A run has succeeded, each of them." },
  test: { word: "Test", when: "Somebody asked for a test." },
};

/** What can be wanted; a test is sent when somebody asks for it. */
export const WANTED: readonly Fact[] = (Object.keys(FACTS) as Fact[]).filter((fact) => fact !== "test");
export const BY_DEFAULT: readonly Fact[] = WANTED.filter((fact) => fact !== "run.completed");

export const CHANNELS: Record<Webhook["channel"], { word: string; hint: string; address: string }> = {
  webhook: {
    word: "A signed POST",
    hint: "For a system of yours. A secret, shown once, lets it check that a message is ours.",
    address: "https://hooks.example.com/portal",
  },
  apprise: {
    word: "E-mail or a chat",
    hint: "By an address of Apprise, where the operator has installed it. It holds secrets and is not shown again.",
    address: "mailto://user:password@example.com",
  },
};

/** Words of messages, which are not those of runs. */
const DELIVERY: Record<Delivery["state"], Look> = {
  pending: { word: "On its way", shape: "hollow-circle", tone: "neutral" },
  delivered: { word: "Arrived", shape: "check", tone: "green" },
  failed: { word: "Did not arrive", shape: "cross", tone: "red" },
};

/** How this one stands: what was tried in vain is not called on its way. */
export function deliveryLook({ state, attempts }: Pick<Delivery, "state" | "attempts">): Look {
  if (state === "pending" && attempts > 0) return { word: "Not arrived yet", shape: "triangle", tone: "amber" };
  return DELIVERY[state];
}

/** What it is told of, as a list in a sentence. */
export function toldText({ events }: Pick<Webhook, "events">): string {
  if (WANTED.every((fact) => events.includes(fact))) return "everything";
  return WANTED.filter((fact) => events.includes(fact))
    .map((fact) => FACTS[fact].word.toLowerCase())
    .join(", ");
}

/** What the switch says, and why if it was not a person's wish. */
export function standingOf({ enabled, disabled_why }: Pick<Webhook, "enabled" | "disabled_why">): Look {
  if (enabled) return { word: "On", shape: "check", tone: "green" };
  return { word: disabled_why ? `Off: ${disabled_why.replace(/\.$/, "")}` : "Off", shape: "square", tone: "neutral" };
}
