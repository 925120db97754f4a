import { useState } from "react";
import { Button } from "@/components/button";
import { copyText } from "@/lib/clipboard";

type Props = { label: string; text: string };

/** A text of a machine with its copy button. What is a secret is never read out: the button's answer is. */
export function ShownOnce({ label, text }: Props) {
  const [said, setSaid] = useState("");
  const copy = async () => setSaid((await copyText(text)) ? "Copied." : "It could not be copied: select it by hand.");
  return (
    <div className="mt-4">
      <div className="flex items-center gap-3">
        <span className="font-medium">{label}</span>
        <span role="status" className="ml-auto text-quiet text-small">
          {said}
        </span>
        <Button onClick={() => void copy()} aria-label={`Copy: ${label}`}>
          Copy
        </Button>
      </div>
      <pre className="mt-1 overflow-x-auto rounded-sm bg-sunken px-3 py-2 whitespace-pre-wrap wrap-anywhere">
        {text}
      </pre>
    </div>
  );
}
