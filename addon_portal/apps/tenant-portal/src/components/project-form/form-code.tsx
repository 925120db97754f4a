import { Choice } from "@/components/choice";
import { Field } from "@/components/field";
import { FormEntry, idOf } from "@/components/project-form/form-entry";
import type { FormState } from "@/hooks/use-project-form";
import type { Project } from "@/lib/projects";
import { bytesText, countText } from "@/lib/sizes";

/** What workspaces are filled with: nothing or what it has, an archive, or a commit. */
export function FormCode({ form, stored }: { form: FormState; stored: Project | null }) {
  const { code, workingDirectory } = form.values;
  const blocked = workingDirectory.trim()
    ? "It starts in a directory of its own, which the portal does not fill."
    : null;
  const has = stored?.code;
  return (
    <div className="flex flex-col gap-4">
      <Choice
        legend="Files in its directory"
        value={code}
        onChange={(chosen) => form.set("code", chosen)}
        options={[
          {
            value: "keep",
            label: has ? "As they are" : "None",
            hint: has
              ? `${countText(has.entries, "entry", "entries")}, ${bytesText(has.bytes)}${has.git ? `, from ${has.git.url} at ${has.git.ref}` : ""}`
              : "The command finds what it needs on the host.",
          },
          { value: "upload", label: "Upload an archive", hint: "zip, tar, tar.gz, tar.bz2 or tar.xz", blocked },
          {
            value: "git",
            label: "Fetch from git",
            hint: "A branch or tag is resolved once, when this is saved.",
            blocked,
          },
        ]}
      />
      {code === "upload" && <Archive form={form} />}
      {code === "git" && (
        <div className="grid items-start gap-4 sm:grid-cols-[3fr_1fr]">
          <FormEntry form={form} name="git" label="Repository" isCode placeholder="https://git.example/etl.git" />
          <FormEntry form={form} name="ref" label="Branch, tag or commit" isCode />
        </div>
      )}
    </div>
  );
}

function Archive({ form }: { form: FormState }) {
  const id = idOf("code");
  return (
    <Field
      id={id}
      label="Archive"
      hint={
        form.file ? `${form.file.name}, ${bytesText(form.file.size)}` : "It becomes the directory that a run begins in."
      }
      error={form.errors.code}
    >
      <input
        id={id}
        type="file"
        aria-describedby={`${id}-hint`}
        accept=".zip,.tar,.tgz,.gz,.bz2,.xz"
        onChange={(event) => form.setFile(event.target.files?.[0] ?? null)}
        className="file:mr-3 file:h-8 file:cursor-pointer file:rounded-sm file:border file:border-line file:bg-raised file:px-3 file:font-medium file:text-ink hover:file:border-edge hover:file:bg-hover"
      />
    </Field>
  );
}
