import { FormEntry } from "@/components/project-form/form-entry";
import { FormFold } from "@/components/project-form/form-fold";
import { FormSelect } from "@/components/project-form/form-select";
import type { FormState } from "@/hooks/use-project-form";
import { parseBytes, parseSeconds } from "@/lib/quantities";
import { durationText } from "@/lib/times";

/** What a run may use, with all that it starts. */
export function FormLimits({ form }: { form: FormState }) {
  const { memory, cpus, pids, logLimit } = form.values;
  const says = [memory && `memory ${memory}`, cpus && `${cpus} processors`, pids && `${pids} processes`].filter(
    Boolean,
  );
  return (
    <FormFold
      form={form}
      title="Limits"
      says={says.join(", ") || "none"}
      fields={["memory", "cpus", "pids", "logLimit"]}
      isSet={!!(memory || cpus || pids || logLimit)}
    >
      <FormEntry
        form={form}
        name="memory"
        label="Memory"
        placeholder="2 GiB"
        hint={bytesHint(memory, "With swap. Whoever needs more is killed.")}
      />
      <FormEntry form={form} name="cpus" label="Processors" placeholder="1.5" hint="Whoever wants more waits." />
      <FormEntry
        form={form}
        name="pids"
        label="Processes"
        placeholder="100"
        hint="Threads count. A fork beyond is refused."
      />
      <FormEntry
        form={form}
        name="logLimit"
        label="Output that is kept"
        placeholder="as the installation says"
        hint={bytesHint(logLimit, "The newest part; 0 keeps all of it.")}
      />
    </FormFold>
  );
}

/** How long a run may take, and be silent. */
export function FormTimes({ form }: { form: FormState }) {
  const { maxRuntime, stall } = form.values;
  const says = [maxRuntime && `at most ${maxRuntime}`, stall && `silent after ${stall}`].filter(Boolean);
  return (
    <FormFold
      form={form}
      title="Times"
      says={says.join(", ") || "as long as it takes"}
      fields={["maxRuntime", "stall"]}
      isSet={!!(maxRuntime || stall)}
    >
      <FormEntry
        form={form}
        name="maxRuntime"
        label="At most"
        placeholder="3 h"
        hint={secondsHint(maxRuntime, "After so long it is stopped, and has failed.")}
      />
      <FormEntry
        form={form}
        name="stall"
        label="Silent after"
        placeholder="10 min"
        hint={secondsHint(stall, "After so long without a sign of life it is called silent.")}
      />
      {stall.trim() && (
        <>
          <FormSelect
            form={form}
            name="stallBy"
            label="A sign of life is"
            options={{
              heartbeat: "a heartbeat (sd_notify)",
              output: "anything that it writes",
              either: "either of them",
            }}
          />
          <FormSelect
            form={form}
            name="onStall"
            label="Then"
            options={{ warn: "only say so", stop: "stop it", restart: "stop and restart it" }}
          />
        </>
      )}
    </FormFold>
  );
}

function bytesHint(text: string, otherwise: string) {
  const { value } = parseBytes(text);
  return value === null ? otherwise : `${value.toLocaleString("en")} bytes. ${otherwise}`;
}

function secondsHint(text: string, otherwise: string) {
  const { value } = parseSeconds(text);
  return value === null || !/^\s*[\d.]+\s*$/.test(text) ? otherwise : `${durationText(value * 1000)}. ${otherwise}`;
}
