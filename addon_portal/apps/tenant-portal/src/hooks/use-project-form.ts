/** What is entered in the form of a project, and what is wrong with it. */
import { useState } from "react";
import type { Errors, FieldName, ProjectForm } from "@/lib/project-form";
import { requestOf } from "@/lib/project-request";

export type FormState = {
  values: ProjectForm;
  errors: Errors;
  isDirty: boolean;
  file: File | null;
  set: <Name extends FieldName>(field: Name, value: ProjectForm[Name]) => void;
  setFile: (file: File | null) => void;
  /** Whether all that can be known here is well; from then on it is told while it is entered. */
  check: () => Errors;
  /** What the portal found wrong, until it is entered anew. */
  refuse: (errors: Errors) => void;
};

export function useProjectForm(initial: ProjectForm): FormState {
  const [values, setValues] = useState(initial);
  const [file, setFile] = useState<File | null>(null);
  const [isChecked, setChecked] = useState(false);
  const [refused, setRefused] = useState<Errors>({});
  const problemsOf = (form: ProjectForm): Errors => {
    const { errors } = requestOf(form, initial.parameters);
    return form.code === "upload" && !file ? { ...errors, code: "Choose an archive." } : errors;
  };
  return {
    values,
    errors: { ...refused, ...(isChecked && problemsOf(values)) },
    isDirty: file !== null || JSON.stringify(values) !== JSON.stringify(initial),
    file,
    set: (field, value) => {
      setValues((before) => ({ ...before, [field]: value }));
      setRefused(({ [field]: _, ...others }) => others);
    },
    setFile: (chosen) => {
      setFile(chosen);
      setRefused(({ code: _, ...others }) => others);
    },
    check: () => {
      setChecked(true);
      return problemsOf(values);
    },
    refuse: setRefused,
  };
}
