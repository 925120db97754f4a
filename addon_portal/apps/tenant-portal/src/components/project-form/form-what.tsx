import { useQuery } from "@tanstack/react-query";
import { Choice } from "@/components/choice";
import { FormEntry } from "@/components/project-form/form-entry";
import { FormSelect } from "@/components/project-form/form-select";
import { FormVariables } from "@/components/project-form/form-variables";
import type { FormState } from "@/hooks/use-project-form";
import { parseCommand } from "@/lib/command";
import { type Offer, offerQuery } from "@/lib/project-edits";
import { schemaLines } from "@/lib/schema-words";

/** The name, and what is run: a command or a program of the operator's, with its parameters and variables. */
export function FormWhat({ form }: { form: FormState }) {
  const { data: offer } = useQuery(offerQuery);
  const { kind } = form.values;
  return (
    <div className="flex flex-col gap-5">
      <FormEntry form={form} name="name" label="Name" placeholder="nightly-etl" hint="As it is called everywhere." />
      {offer && (offer.items.length > 0 || !offer.may_run_own_commands) && (
        <Choice
          legend="It runs"
          value={kind}
          onChange={(chosen) => form.set("kind", chosen)}
          options={[
            {
              value: "command",
              label: "A command",
              blocked: offer.may_run_own_commands ? null : "Only programs of the operator's may be run here.",
            },
            {
              value: "program",
              label: "A program of the operator's",
              blocked: offer.items.length ? null : "The operator offers none yet.",
            },
          ]}
        />
      )}
      {kind === "command" ? <Command form={form} /> : <Program form={form} offer={offer} />}
      <FormVariables form={form} />
    </div>
  );
}

function Command({ form }: { form: FormState }) {
  const { command } = parseCommand(form.values.command);
  return (
    <>
      <FormEntry
        form={form}
        name="command"
        label="Command"
        isCode
        rows={1}
        placeholder="python3 etl.py --full"
        hint={
          command.length > 1
            ? `A program and ${command.length - 1} ${command.length === 2 ? "argument" : "arguments"}; no shell is involved.`
            : "Program and arguments, with quotes where one has spaces. No shell: for pipes write sh -c '…'."
        }
      />
      <Parameters form={form} hint="A JSON object, which the program finds in ADDON_PORTAL_PARAMETERS." />
    </>
  );
}

function Program({ form, offer }: { form: FormState; offer: Offer | undefined }) {
  const program = offer?.items.find(({ id }) => id === form.values.program);
  const lines = program && schemaLines(program.parameters_schema);
  return (
    <>
      <FormSelect
        form={form}
        name="program"
        label="Program"
        options={[["", "Choose one"], ...(offer?.items.map(({ id, name }): [string, string] => [id, name]) ?? [])]}
        hint={program && <code>{program.argv.join(" ")}</code>}
      />
      <Parameters
        form={form}
        hint={
          lines?.length
            ? lines.map((line) => (
                <span key={line} className="block">
                  {line}
                </span>
              ))
            : "A JSON object."
        }
      />
    </>
  );
}

function Parameters({ form, hint }: { form: FormState; hint: React.ReactNode }) {
  return (
    <FormEntry form={form} name="parameters" label="Parameters" isCode rows={3} placeholder='{"day": 7}' hint={hint} />
  );
}
