import { useNavigate } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { Button } from "@/components/button";
import { ErrorNote } from "@/components/error-note";
import { FormCode } from "@/components/project-form/form-code";
import { FormProcess, FormRestarts, FormSuccess } from "@/components/project-form/form-endings";
import { idOf } from "@/components/project-form/form-entry";
import { FormLeave } from "@/components/project-form/form-leave";
import { FormLimits, FormTimes } from "@/components/project-form/form-limits";
import { FormProgress } from "@/components/project-form/form-progress";
import { FormSchedule } from "@/components/project-form/form-schedule";
import { FormWhat } from "@/components/project-form/form-what";
import { RequestOutcome } from "@/components/run/request-outcome";
import { Section } from "@/components/section";
import { type Decision, useDecision } from "@/hooks/use-decision";
import { useProjectForm } from "@/hooks/use-project-form";
import { useSaveProject } from "@/hooks/use-save-project";
import { problemOf } from "@/lib/api";
import { newIdempotencyKey } from "@/lib/idempotency";
import type { ProjectForm as Entered, Errors } from "@/lib/project-form";
import { type Project, runProject } from "@/lib/projects";

type Props = { initial: Entered; stored: Project | null; hadSchedule: boolean; blocked: string | null };

/** All that defines a project; what few need is folded. Nothing that was entered is lost without a question. */
export function ProjectForm({ initial, stored, hadSchedule, blocked }: Props) {
  const form = useProjectForm(initial);
  const saving = useSaveProject(form, stored, hadSchedule);
  const navigate = useNavigate();
  const [idempotencyKey] = useState(newIdempotencyKey);
  const run = useDecision(({ choices, idempotencyKey: key }: Decision<string>) => runProject(choices, key));
  const isDone = useRef(false);
  const toWrong = useFocusOnWrong(form.errors);

  const save = async (andRun: boolean, store = saving.save) => {
    if (saving.step || run.isPending) return;
    if (Object.keys(form.check()).length) return toWrong();
    const project = await store();
    if (!project) return toWrong();
    isDone.current = true;
    const toProject = () => void navigate({ to: "/projects/$projectId", params: { projectId: project.id } });
    if (!andRun) return toProject();
    run.mutate(
      { choices: project.id, idempotencyKey },
      {
        onSuccess: ({ run_id }) => void navigate({ to: "/runs/$runId", params: { runId: run_id } }),
        onError: toProject,
      },
    );
  };
  const isBusy = saving.step !== null || run.isPending;
  return (
    <form
      noValidate
      className="max-w-200"
      onSubmit={(event) => {
        event.preventDefault();
        if (!blocked) void save(false);
      }}
    >
      <Section title="What it runs">
        <div className="pt-4">
          <FormWhat form={form} />
          <FormCode form={form} stored={stored} />
        </div>
      </Section>
      <Section title="More">
        <FormSchedule form={form} />
        <FormRestarts form={form} />
        <FormLimits form={form} />
        <FormTimes form={form} />
        <FormSuccess form={form} />
        <FormProcess form={form} />
      </Section>
      <div className="sticky bottom-0 z-10 mt-6 flex flex-col gap-2 border-line border-t bg-ground py-3">
        {saving.error !== null && (
          <ErrorNote error={saving.error}>
            {problemOf(saving.error).code === "changed_meanwhile" && (
              <Button className="mt-2" isBusy={isBusy} onClick={() => void save(false, saving.saveOver)}>
                Save over it
              </Button>
            )}
          </ErrorNote>
        )}
        <RequestOutcome error={run.error} isPending={run.isPending} tries={run.failureCount} />
        <div className="flex flex-wrap items-center gap-2">
          <Button kind="primary" type="submit" blocked={blocked} isBusy={isBusy}>
            {stored ? "Save" : "Create"}
          </Button>
          <Button blocked={blocked} isBusy={isBusy} onClick={() => void save(true)}>
            {stored ? "Save and run" : "Create and run"}
          </Button>
          <FormProgress step={saving.step} isGit={form.values.code === "git"}>
            {stored
              ? "What has changed is used from the next run on; runs and their restarts keep what they ran with."
              : "Nothing is started by creating it."}
          </FormProgress>
        </div>
      </div>
      <FormLeave isDirty={() => form.isDirty && !isDone.current} />
    </form>
  );
}

/** Leads to the first field that is wrong, once what is wrong is on the screen. */
function useFocusOnWrong(errors: Errors) {
  const [asked, setAsked] = useState(0);
  const focus = useEffectEvent(() => {
    const fields = Object.keys(errors).map((name) => document.getElementById(idOf(name as keyof Errors)));
    const found = fields.filter((field) => field !== null);
    // As they stand on the page, not as they were found.
    found.sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
    found[0]?.focus();
  });
  useEffect(() => {
    if (asked) focus();
  }, [asked]);
  return () => setAsked((times) => times + 1);
}
