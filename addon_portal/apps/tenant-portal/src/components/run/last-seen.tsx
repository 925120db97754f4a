import { Time } from "@/components/time";
import { useSight } from "@/hooks/use-host";
import { healthOf, isUnseen, type Run } from "@/lib/run-words";
import { isFinal } from "@/lib/states";

/** Of a run that has not ended: who looks at it, or since when nobody can. */
export function LastSeen({ run }: { run: Run }) {
  const host = useSight();
  if (isFinal(run.state)) return null;
  if (run.state === "pending") return <p className="pt-2">It has not started, so there is nothing to see yet.</p>;
  if (healthOf(run, host).includes("unsupervised")) {
    return (
      <p className="pt-2">
        It has not ended, but its shim, the process that watched it, was killed. Its output is still kept, its limit of
        time holds, and its end will be recorded by the keeper or read from the kernel. What it reports itself is not
        heard any more: no progress, and silence says nothing.
      </p>
    );
  }
  if (!isUnseen(run, host)) {
    return (
      <p className="pt-2">
        It has not ended: its supervisor on {run.host_name} looks at it every second, and what it saw last is what
        stands here.
      </p>
    );
  }
  return (
    <p className="pt-2">
      {host?.isAway ? "This page hears nothing of the portal" : `Nobody looks after the runs of ${run.host_name}`}. It
      was seen last <Time at={host?.observed_at ?? run.observed_at} />; what became of it since is not known here.
    </p>
  );
}
