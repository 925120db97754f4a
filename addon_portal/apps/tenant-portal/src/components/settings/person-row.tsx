import { useState } from "react";
import { Button } from "@/components/button";
import { Confirm } from "@/components/confirm";
import { Time } from "@/components/time";
import { useChange } from "@/hooks/use-change";
import { useSession } from "@/hooks/use-session";
import { logSomebodyOut, type Person } from "@/lib/access";
import { keys } from "@/lib/keys";
import { ROLE_WORDS, takingRefusal } from "@/lib/roles";

/** Somebody who is logged in, by the name of the link that let them in. */
export function PersonRow({ person }: { person: Person }) {
  const own = useSession()?.role ?? "viewer";
  const [isAsking, setAsking] = useState(false);
  return (
    <li className="flex min-h-12 flex-wrap items-center gap-x-4 gap-y-1 py-2">
      <span className="min-w-0 flex-1 basis-48">
        <span className="font-medium wrap-anywhere">{person.name}</span>
        <span className="text-quiet"> · {ROLE_WORDS[person.role].word}</span>
        <span className="block text-quiet text-small">
          since <Time at={person.logged_in_at} />, last seen <Time at={person.last_used_at} />
        </span>
      </span>
      {person.is_current ? (
        <span className="text-quiet">you, here</span>
      ) : (
        <Button
          kind="danger"
          blocked={takingRefusal(own, person.role)}
          aria-label={`Log out ${person.name}`}
          onClick={() => setAsking(true)}
        >
          Log out
        </Button>
      )}
      {isAsking && <End person={person} onClose={() => setAsking(false)} />}
    </li>
  );
}

function End({ person, onClose }: { person: Person; onClose: () => void }) {
  const end = useChange<undefined, void>(() => logSomebodyOut(person.id), keys.people);
  return (
    <Confirm title={`Log ${person.name} out?`} act="Log out" keep="Leave them" change={end} onClose={onClose}>
      <p>Their page goes to the log-in at once. They come in again with a new link.</p>
    </Confirm>
  );
}
