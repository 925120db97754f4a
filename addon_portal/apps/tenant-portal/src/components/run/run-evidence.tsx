import { Moments, Sentence } from "@/components/sentence";
import { Time } from "@/components/time";
import { evidenceFacts, evidenceNotes, noteOf } from "@/lib/evidence-words";
import type { Evidence } from "@/lib/run-details";
import { actorName } from "@/lib/run-words";
import { countText } from "@/lib/sizes";
import { STATES } from "@/lib/states";

/** Why the portal says what it says: who saw what, what is missing, and the records as they are. */
export function RunEvidence({ evidence }: { evidence: Evidence }) {
  const missing = Object.entries(evidence.missing);
  return (
    <div className="pt-2">
      <dl className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-3 gap-y-1">
        {evidenceFacts(evidence).map(({ name, value }) => (
          <div key={name} className="contents">
            <dt className="text-quiet first-letter:uppercase">{name}</dt>
            <dd className="font-mono text-small leading-5 wrap-anywhere">
              <Moments text={value} />
            </dd>
          </div>
        ))}
      </dl>
      {evidenceNotes(evidence).map((note) => (
        <Sentence key={note} text={note} className="mt-1" />
      ))}
      <details className="mt-2">
        <summary className="cursor-default text-quiet hover:text-ink">
          Journal, {countText(evidence.journal.length, "entry", "entries")}
        </summary>
        <ol className="mt-1 flex flex-col gap-1">
          {evidence.journal.map((entry) => (
            <JournalEntry key={entry.seq} entry={entry} />
          ))}
        </ol>
      </details>
      <details className="mt-2">
        <summary className="cursor-default text-quiet hover:text-ink">Records as they are</summary>
        <p className="mt-1 text-quiet text-small wrap-anywhere">{evidence.directory}</p>
        <ul>
          {missing.map(([name, why]) => (
            <li key={name} className="text-small">
              <code>{name}</code> <span className="text-quiet">{why}</span>
            </li>
          ))}
        </ul>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
        <pre tabIndex={0} className="mt-1 max-h-96 overflow-auto rounded-sm bg-sunken p-2 text-small">
          {JSON.stringify(evidence.records, null, 2)}
        </pre>
      </details>
    </div>
  );
}

function JournalEntry({ entry }: { entry: Evidence["journal"][number] }) {
  const { kind, from_state, to_state, actor, recorded_at } = entry;
  const note = noteOf(entry);
  return (
    <li className="flex flex-wrap gap-x-2">
      <span className="text-quiet">
        <Time at={recorded_at} />
      </span>
      <span>{kind.replaceAll("_", " ")}</span>
      <span className="text-quiet">
        {to_state && from_state !== to_state && `${STATES[to_state].word}, `}
        by {actorName(actor)}
        {note && ` “${note}”`}
      </span>
    </li>
  );
}
