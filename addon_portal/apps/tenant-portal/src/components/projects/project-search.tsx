import { useEffect, useEffectEvent, useRef, useState } from "react";
import { INPUT } from "@/components/field";
import { useHotkey } from "@/hooks/use-hotkey";

/** How long nothing is typed before it is searched for. */
const PAUSE_MS = 200;

/** A part of a name. What is typed reaches the address a moment later; what the address says otherwise is shown. */
export function ProjectSearch({ value, onSearch }: { value: string; onSearch: (text: string) => void }) {
  const [text, setText] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  const sent = useRef(value);
  useHotkey("/", "Search projects by name", () => input.current?.select());
  const search = useEffectEvent((wanted: string) => {
    sent.current = wanted;
    onSearch(wanted);
  });
  useEffect(() => {
    if (text === sent.current) return;
    const timer = setTimeout(() => search(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  useEffect(() => {
    if (value === sent.current.trim() || value === sent.current) return;
    sent.current = value;
    setText(value);
  }, [value]);
  return (
    <input
      ref={input}
      type="search"
      aria-label="Search projects by name"
      aria-keyshortcuts="/"
      placeholder="Search by name"
      maxLength={200}
      spellCheck={false}
      autoComplete="off"
      value={text}
      onChange={(event) => setText(event.target.value)}
      className={`${INPUT} sm:max-w-72`}
    />
  );
}
