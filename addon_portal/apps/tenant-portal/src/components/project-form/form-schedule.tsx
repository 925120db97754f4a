import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { FormCheck } from "@/components/project-form/form-check";
import { FormEntry } from "@/components/project-form/form-entry";
import { FormFold } from "@/components/project-form/form-fold";
import { FormSelect } from "@/components/project-form/form-select";
import { NextTimes } from "@/components/schedule/next-times";
import type { FormState } from "@/hooks/use-project-form";
import { useSettled } from "@/hooks/use-settled";
import { problemOf } from "@/lib/api";
import { placedProblems } from "@/lib/form-problems";
import { timetableQuery } from "@/lib/schedules";
import { allZones } from "@/lib/time-zone";

const PAUSE_MS = 300;

/** When it runs by itself, with the times that come of it. */
export function FormSchedule({ form }: { form: FormState }) {
  const { isScheduled, cron, timeZone } = form.values;
  const { data, error } = usePreview(cron, timeZone);
  const refusal = error && problemOf(error);
  const wrong = placedProblems(refusal?.problems ?? []).errors;
  return (
    <FormFold
      form={form}
      title="Schedule"
      anchor="schedule"
      says={isScheduled ? `${cron}, ${timeZone}` : "runs when somebody asks"}
      fields={["cron", "timeZone"]}
      isSet={isScheduled}
    >
      <div className="sm:col-span-2">
        <FormCheck form={form} name="isScheduled" label="It runs by itself" />
      </div>
      {isScheduled && (
        <>
          <FormEntry
            form={form}
            name="cron"
            label="When"
            isCode
            placeholder="0 3 * * mon-fri"
            problem={wrong.cron}
            hint="Minute, hour, day, month, day of the week; or @hourly, @daily, @weekly, @monthly."
          />
          <FormSelect
            form={form}
            name="timeZone"
            label="By the clocks of"
            options={allZones().map((zone): [string, string] => [zone, zone])}
          />
          <div className="min-h-24 sm:col-span-2">
            {!wrong.cron && <p className="font-medium">It would run</p>}
            {data && <NextTimes times={data.next_times} zone={timeZone} />}
            {refusal && !wrong.cron && <p className="text-red">{wrong.timeZone ?? refusal.detail}</p>}
          </div>
          <FormSelect
            form={form}
            name="whenRunning"
            label="Where it still runs then"
            options={{ skip: "Leave that time out", queue: "Run once more as soon as it has ended" }}
          />
          <FormSelect
            form={form}
            name="whenMissed"
            label="Where the portal was away then"
            options={{ skip: "Wait for the next time", run_once: "Run once as soon as it is back" }}
          />
        </>
      )}
    </FormFold>
  );
}

/** The next times; an error is what is wrong with the expression, or that there was no answer. */
function usePreview(cron: string, timeZone: string) {
  const settled = useSettled(cron.trim(), PAUSE_MS);
  return useQuery({
    ...timetableQuery(settled, timeZone),
    enabled: !!settled,
    placeholderData: keepPreviousData,
    retry: false,
  });
}
