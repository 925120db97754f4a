/** Storing what a form says, step by step: the definition, the code, the schedule. What is done is not done again. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { FormState } from "@/hooks/use-project-form";
import { problemOf } from "@/lib/api";
import { placedProblems } from "@/lib/form-problems";
import { keys } from "@/lib/keys";
import { changeProject, createProject, fetchCode, uploadCode } from "@/lib/project-edits";
import { type FieldName, parametersText } from "@/lib/project-form";
import { requestOf, scheduleOf } from "@/lib/project-request";
import { type Project, projectQuery } from "@/lib/projects";
import { deleteSchedule, putSchedule } from "@/lib/schedules";
import type { Sent } from "@/lib/uploads";

export type Step = { name: "definition" | "code" | "schedule"; sent?: Sent };

/** Which field an error of a step belongs to where the portal names none. */
const CODE_FIELDS = { upload: "code", git: "git", keep: "code" } as const satisfies Record<string, FieldName>;

export function useSaveProject(form: FormState, stored: Project | null, hadSchedule: boolean) {
  const cache = useQueryClient();
  const [step, setStep] = useState<Step | null>(null);
  const [error, setError] = useState<unknown>(null);
  // A project that was made although its code or schedule was refused: the next try changes it.
  const made = useRef(stored);
  const broughtCode = useRef<unknown>(null);
  const leaving = useRef(new AbortController());
  useEffect(() => {
    const controller = new AbortController();
    leaving.current = controller;
    return () => controller.abort();
  }, []);

  const define = async () => {
    setStep({ name: "definition" });
    const { values } = form;
    made.current = made.current
      ? await changeProject(made.current, values)
      : await createProject(requestOf(values).request);
    return made.current;
  };
  const bringCode = async ({ id }: Project) => {
    const { code, git, ref } = form.values;
    const wanted = code === "git" ? `${git.trim()} ${ref.trim()}` : form.file;
    if (code === "keep" || broughtCode.current === wanted) return;
    setStep({ name: "code" });
    const { signal } = leaving.current;
    if (code === "git") await fetchCode(id, git.trim(), ref.trim() || "HEAD", signal);
    else if (form.file) await uploadCode(id, form.file, (sent) => setStep({ name: "code", sent }), signal);
    broughtCode.current = wanted;
    made.current = await cache.fetchQuery({ ...projectQuery(id), staleTime: 0 });
  };
  const plan = async ({ id }: Project) => {
    if (!form.values.isScheduled && !hadSchedule) return;
    setStep({ name: "schedule" });
    const schedule = form.values.isScheduled ? await putSchedule(id, scheduleOf(form.values)) : null;
    if (!schedule) await deleteSchedule(id);
    cache.setQueryData(keys.schedule(id), schedule);
  };

  /** The project as it is stored, or null where something was refused. */
  const save = async (): Promise<Project | null> => {
    setError(null);
    let at: Step["name"] = "definition";
    try {
      const project = await define();
      at = "code";
      await bringCode(project);
      at = "schedule";
      await plan(project);
      cache.setQueryData(keys.project(project.id), made.current);
      return project;
    } catch (problem) {
      if (!leaving.current.signal.aborted) refuse(problem, at);
      return null;
    } finally {
      setStep(null);
      void cache.invalidateQueries({ queryKey: keys.projects });
      void cache.invalidateQueries({ queryKey: keys.status });
    }
  };

  const refuse = (error: unknown, at: Step["name"]) => {
    const problem = problemOf(error);
    const { errors, others } = placedProblems(problem.problems);
    const isPlaced = Object.keys(errors).length > 0 && !others.length;
    if (problem.code === "name_taken") form.refuse({ name: problem.detail });
    else if (isPlaced) form.refuse(errors);
    else if (at === "code" && problem.status) form.refuse({ [CODE_FIELDS[form.values.code]]: problem.detail });
    else {
      form.refuse(errors);
      setError(error);
    }
  };

  /** After somebody else has changed the project: what is entered here is to stand instead. */
  const saveOver = async () => {
    if (made.current) {
      made.current = await cache.fetchQuery({ ...projectQuery(made.current.id), staleTime: 0 });
      // Those that were read are not stored any more, and now they would have to be sent.
      const { errors } = requestOf(form.values, parametersText(made.current.parameters));
      if (errors.parameters) {
        form.refuse({ parameters: errors.parameters });
        return null;
      }
    }
    return save();
  };

  return { save, saveOver, step, error };
}
