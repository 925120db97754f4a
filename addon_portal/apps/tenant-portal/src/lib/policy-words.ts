/** What a restart policy does, in a sentence. Pure. */
import type { Schemas } from "@/lib/api";
import { durationText } from "@/lib/times";

type Policy = Schemas["RestartPolicyBody"];

export function policyText(policy: Policy | null): string {
  if (!policy || policy.mode === "never") return "By people only.";
  const when = policy.mode === "always" ? "whenever it ends" : "when it fails";
  const within = policy.window_seconds === null ? "in a row" : `within ${seconds(policy.window_seconds)}`;
  const also = policy.unknown ? ", also where nobody knows how it ended" : "";
  return `By itself ${when}${also}, at most ${policy.max_restarts} times ${within}. ${pausesText(policy)}`;
}

function pausesText({ initial_seconds: first, factor, max_seconds: longest }: Policy): string {
  if (first === 0) return "Without a pause.";
  if (factor === 1 || first >= longest) return `After a pause of ${seconds(Math.min(first, longest))}.`;
  return `After a pause of ${seconds(first)}, each ${factor} times as long as the one before, up to ${seconds(longest)}.`;
}

const seconds = (value: number) => durationText(value * 1000);
