import { useCallback, useId, useMemo, useRef, useState } from "react";
import { LogEnd } from "@/components/log-viewer/log-end";
import { LogGap } from "@/components/log-viewer/log-gap";
import { LogHead } from "@/components/log-viewer/log-head";
import { HEAD_PIXELS, LogLines } from "@/components/log-viewer/log-lines";
import { LogPill } from "@/components/log-viewer/log-pill";
import { LogPosition } from "@/components/log-viewer/log-position";
import { LogProblem } from "@/components/log-viewer/log-problem";
import { ROW_PIXELS } from "@/components/log-viewer/log-row";
import { LogSearchBox } from "@/components/log-viewer/log-search-box";
import { LogToolbar } from "@/components/log-viewer/log-toolbar";
import { useCellWidth } from "@/hooks/use-cell-width";
import { useLogChoices } from "@/hooks/use-log-choices";
import { useLogKeys } from "@/hooks/use-log-keys";
import { useLogScroll } from "@/hooks/use-log-scroll";
import { useLogSearch } from "@/hooks/use-log-search";
import { useLogTimes } from "@/hooks/use-log-times";
import { useLogView } from "@/hooks/use-log-view";
import { useLogWrap } from "@/hooks/use-log-wrap";
import { copyText } from "@/lib/clipboard";
import { shownText } from "@/lib/log-rows";
import { logAddress } from "@/lib/log-source";
import type { Run } from "@/lib/run-words";
import { isFinal } from "@/lib/states";
import "@/components/log-viewer/log.css";

interface Props {
  readonly run: Run;
  /** The line that the address names, by one of its bytes. */
  readonly at: number | null;
  readonly onChoose: (offset: number | null) => void;
  readonly className?: string;
}

/** The output of one run, whole: to be given a `key` of the run, since it is of one run for its whole life. */
export function LogViewer({ run, at, onChoose, className = "" }: Props) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [said, setSaid] = useState("");
  const { view, state } = useLogView(run.run_id, at, isFinal(run.state));
  const scroll = useLogScroll(view, state, ROW_PIXELS, HEAD_PIXELS);
  const choices = useLogChoices(scroll.width);
  useLogWrap(view, choices.wrap, scroll.width, useCellWidth(scroll.box), choices.times);
  const search = useLogSearch(run.run_id, view);
  const { rows, start, end, size, firstOffset } = state;
  const from = rows.rowAt(scroll.first)?.line.start ?? start;
  const to = rows.rowAt(scroll.last - 1)?.line.next ?? end;
  const timeAt = useLogTimes(run.run_id, choices.times, from, to, size);
  const chosen = search.place?.offset ?? at;

  const copy = useCallback(
    async (text: string, what: string) => setSaid((await copyText(text)) ? `${what} copied` : "could not copy"),
    [],
  );
  const choose = (offset: number) => onChoose(offset === at ? null : offset);
  const link = () => {
    onChoose(from);
    const address = new URL(window.location.href);
    address.searchParams.set("at", String(from));
    void copy(address.href, "link");
  };
  const { toggleWrap, toggleTimes } = choices;
  useLogKeys(
    useMemo(
      () => ({
        search: () => field.current?.select(),
        next: () => search.again("next"),
        previous: () => search.again("previous"),
        begin: () => view.goTo(view.getState().firstOffset),
        end: () => view.goToEnd(),
        follow: () => (view.getState().isFollowing ? view.stopFollowing() : view.goToEnd()),
        wrap: toggleWrap,
        times: toggleTimes,
      }),
      [view, search.again, toggleWrap, toggleTimes],
    ),
  );

  return (
    <section
      aria-label="Output"
      className={`flex min-w-0 flex-col rounded-sm border border-line bg-sunken ${className}`}
    >
      <LogToolbar
        wrap={choices.wrap}
        times={choices.times}
        download={`${logAddress(run.run_id)}/raw`}
        fileName={`${run.project_name}-${run.number}.log`}
        onWrap={toggleWrap}
        onTimes={toggleTimes}
        onCopy={() => void copy(shownText(rows, scroll.first, scroll.last), "lines")}
        onLink={link}
        said={said}
      >
        <LogSearchBox search={search} field={field} />
      </LogToolbar>
      {state.problem && <LogProblem problem={state.problem} onRetry={() => view.retry()} />}
      <div className="relative flex min-h-0 flex-1">
        <LogLines
          id={id}
          label={`Output of ${run.project_name}, run ${run.number}`}
          view={view}
          state={state}
          scroll={scroll}
          head={<LogHead state={state} />}
          timeAt={choices.times ? timeAt : null}
          chosen={chosen}
          wanted={search.wanted}
          onChoose={choose}
        >
          {end < firstOffset ? (
            <LogGap onGo={() => view.goTo(firstOffset)} />
          ) : (
            state.isLoaded && end >= size && <LogEnd run={run} isEmpty={size === 0} />
          )}
        </LogLines>
        <LogPosition
          from={from}
          to={to}
          first={firstOffset}
          size={size}
          controls={id}
          onGo={(offset) => view.goTo(offset)}
        />
        <LogPill state={state} isOver={isFinal(run.state)} onFollow={() => view.goToEnd()} />
      </div>
    </section>
  );
}
