import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Button } from "@/components/button";
import { ErrorNote } from "@/components/error-note";
import { FormProgress } from "@/components/project-form/form-progress";
import { useSession } from "@/hooks/use-session";
import { keys } from "@/lib/keys";
import { uploadCode } from "@/lib/project-edits";
import type { Project } from "@/lib/projects";
import { roleRefusal } from "@/lib/run-acts";
import type { Sent } from "@/lib/uploads";

/** Other code for the runs to come, from an archive. */
export function UploadControl({ project }: { project: Project }) {
  const cache = useQueryClient();
  const session = useSession();
  const input = useRef<HTMLInputElement>(null);
  const [sent, setSent] = useState<Sent | undefined>();
  const upload = useMutation({
    mutationFn: (file: File) => uploadCode(project.id, file, setSent, new AbortController().signal),
    onSuccess: (changed) => cache.setQueryData(keys.project(project.id), changed),
    onSettled: () => {
      setSent(undefined);
      if (input.current) input.current.value = "";
    },
  });
  const version = upload.data?.definition_version;
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        aria-label="Archive with new code"
        accept=".zip,.tar,.tgz,.gz,.bz2,.xz"
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) upload.mutate(file);
        }}
      />
      <Button
        isBusy={upload.isPending}
        blocked={roleRefusal("change anything", session)}
        onClick={() => input.current?.click()}
      >
        Upload new code
      </Button>
      {(upload.isPending || version) && (
        <div className="basis-full">
          <FormProgress step={upload.isPending ? { name: "code", ...(sent && { sent }) } : null} isGit={false}>
            The code is that of version {version}, which is used from the next run on.
          </FormProgress>
        </div>
      )}
      {upload.error && (
        <div className="basis-full">
          <ErrorNote error={upload.error} />
        </div>
      )}
    </>
  );
}
