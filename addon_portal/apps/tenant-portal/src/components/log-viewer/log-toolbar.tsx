import { Clock, Copy, Download, Link, WrapText } from "lucide-react";
import type { ReactNode } from "react";
import { LogButton } from "@/components/log-viewer/log-button";

interface Props {
  readonly children: ReactNode;
  readonly wrap: boolean;
  readonly times: boolean;
  readonly download: string;
  readonly fileName: string;
  readonly onWrap: () => void;
  readonly onTimes: () => void;
  readonly onCopy: () => void;
  readonly onLink: () => void;
  readonly said: string;
}

/** What stands over the log: the search, how lines are shown, and how to take them along. */
export function LogToolbar({
  children,
  wrap,
  times,
  download,
  fileName,
  onWrap,
  onTimes,
  onCopy,
  onLink,
  said,
}: Props) {
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1 border-line border-b px-2 py-1">
      {children}
      <div className="ml-auto flex items-center gap-1">
        <span role="status" className="text-quiet text-small">
          {said}
        </span>
        <LogButton label="When lines came (t)" isOn={times} onClick={onTimes}>
          <Clock aria-hidden className="size-4" />
        </LogButton>
        <LogButton label="Wrap long lines (w)" isOn={wrap} onClick={onWrap}>
          <WrapText aria-hidden className="size-4" />
        </LogButton>
        <LogButton label="Copy a link to the line at the top" onClick={onLink}>
          <Link aria-hidden className="size-4" />
        </LogButton>
        <LogButton label="Copy the lines on the screen" onClick={onCopy}>
          <Copy aria-hidden className="size-4" />
        </LogButton>
        <a
          href={download}
          download={fileName}
          title="Download the whole output, byte for byte"
          aria-label="Download the whole output, byte for byte"
          className="inline-flex h-8 min-w-8 items-center justify-center rounded-sm text-quiet hover:bg-hover hover:text-ink"
        >
          <Download aria-hidden className="size-4" />
        </a>
      </div>
    </div>
  );
}
