import { FormCheck } from "@/components/project-form/form-check";
import { FormEntry } from "@/components/project-form/form-entry";
import { FormFold } from "@/components/project-form/form-fold";
import { FormSelect } from "@/components/project-form/form-select";
import type { FormState } from "@/hooks/use-project-form";

/** What is done about a run that has ended. */
export function FormRestarts({ form }: { form: FormState }) {
  const { restarts, maxRestarts } = form.values;
  const isOn = restarts !== "never";
  return (
    <FormFold
      form={form}
      title="Restarts"
      anchor="restarts"
      says={isOn ? `by itself, at most ${maxRestarts} in a row` : "by people only"}
      fields={["restarts", "maxRestarts", "window", "firstPause", "factor", "longestPause", "jitter"]}
      isSet={isOn}
    >
      <FormSelect
        form={form}
        name="restarts"
        label="Restarted by itself"
        options={{ never: "never", "on-failure": "when it fails", always: "whenever it ends" }}
        hint="What was stopped or withdrawn is never restarted. Holds for runs that end from now on."
      />
      {isOn && (
        <>
          <FormEntry form={form} name="maxRestarts" label="At most, in a row" hint="After them it gives up." />
          <FormEntry
            form={form}
            name="window"
            label="Counted within"
            placeholder="for ever"
            hint="Only restarts within so long count."
          />
          <FormEntry form={form} name="firstPause" label="First pause" />
          <FormEntry form={form} name="factor" label="Each pause is longer by" hint="2 doubles it." />
          <FormEntry form={form} name="longestPause" label="Longest pause" />
          <FormEntry form={form} name="jitter" label="Left to chance, %" hint="So much of a pause may be taken away." />
          <FormCheck form={form} name="afterUnknown" label="Also where nobody knows how it ended" />
        </>
      )}
    </FormFold>
  );
}

/** What must hold after exit code 0. */
export function FormSuccess({ form }: { form: FormState }) {
  const { checkCommand, checkFile, checkMatches, checkLacks } = form.values;
  const says = [
    checkCommand && "a command",
    checkFile && `the file ${checkFile}`,
    (checkMatches || checkLacks) && "the output",
  ].filter(Boolean);
  return (
    <FormFold
      form={form}
      title="Success"
      says={says.length ? `exit code 0 and ${says.join(", ")}` : "exit code 0"}
      fields={["checkCommand", "checkFile", "checkMatches", "checkLacks", "checkTimeout"]}
      isSet={says.length > 0}
    >
      <FormEntry
        form={form}
        name="checkCommand"
        label="This command ends with 0"
        isCode
        rows={1}
        placeholder="./verify out.csv"
      />
      <FormEntry form={form} name="checkFile" label="This file is there" isCode placeholder="out.csv" />
      <FormEntry form={form} name="checkMatches" label="A line of the output matches" isCode placeholder="^done" />
      <FormEntry form={form} name="checkLacks" label="No line of the output matches" isCode placeholder="ERROR" />
      <FormEntry form={form} name="checkTimeout" label="All of it within" hint="What takes longer has failed." />
    </FormFold>
  );
}

const SIGNALS = [
  ...(["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1"] as const),
  ...(["SIGUSR2", "SIGABRT", "SIGALRM", "SIGWINCH", "SIGKILL"] as const),
];

/** Where it starts, how it writes, how it is asked to end. */
export function FormProcess({ form }: { form: FormState }) {
  const { workingDirectory, terminal, signal, grace } = form.values;
  const says = [
    workingDirectory && `in ${workingDirectory}`,
    terminal && "on a terminal",
    signal !== "SIGTERM" && `ends by ${signal}`,
  ].filter(Boolean);
  return (
    <FormFold
      form={form}
      title="Process"
      says={says.join(", ") || "a directory of the portal's"}
      fields={["workingDirectory", "grace"]}
      isSet={says.length > 0}
    >
      <FormEntry
        form={form}
        name="workingDirectory"
        label="Directory"
        isCode
        placeholder="made by the portal"
        hint="An absolute path on the host, instead of a workspace of the portal's."
      />
      <FormCheck
        form={form}
        name="terminal"
        label="Its output is a terminal"
        hint="For programs that hold back what they write otherwise."
      />
      <FormSelect
        form={form}
        name="signal"
        label="Asked to end by"
        options={SIGNALS.map((name): [typeof name, string] => [name, name])}
      />
      <FormEntry
        form={form}
        name="grace"
        label="Killed after"
        placeholder={grace ? "" : "as the installation says"}
        hint="So long after it was asked to end."
      />
    </FormFold>
  );
}
