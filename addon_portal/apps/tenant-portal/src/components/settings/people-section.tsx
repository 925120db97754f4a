import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/button";
import { Confirm } from "@/components/confirm";
import { ErrorNote } from "@/components/error-note";
import { Section } from "@/components/section";
import { Invite } from "@/components/settings/invite";
import { PersonRow } from "@/components/settings/person-row";
import { Skeleton } from "@/components/skeleton";
import { useChange } from "@/hooks/use-change";
import { logOthersOut, peopleQuery } from "@/lib/access";
import { keys } from "@/lib/keys";

/** Who is logged in and sees this tenant, and letting somebody else in. */
export function PeopleSection() {
  const { data: people, error, refetch } = useQuery(peopleQuery);
  const [asked, setAsked] = useState<"invite" | "end" | null>(null);
  const close = () => setAsked(null);
  const others = people?.filter(({ is_current }) => !is_current).length;
  return (
    <Section title="People" note="Who is logged in and sees this tenant">
      {error && <ErrorNote error={error} retry={() => void refetch()} />}
      {!people && !error && <Skeleton rows={2} />}
      <ul className="divide-y divide-line">
        {people?.map((person) => (
          <PersonRow key={person.id} person={person} />
        ))}
      </ul>
      <div className="mt-3 flex flex-wrap gap-3">
        <Button onClick={() => setAsked("invite")}>Invite somebody…</Button>
        {!!others && (
          <Button kind="danger" onClick={() => setAsked("end")}>
            Log all others out…
          </Button>
        )}
      </div>
      {asked === "invite" && <Invite onClose={close} />}
      {asked === "end" && <EndOthers onClose={close} />}
    </Section>
  );
}

function EndOthers({ onClose }: { onClose: () => void }) {
  const end = useChange<undefined, unknown>(logOthersOut, keys.people);
  return (
    <Confirm title="Log all others out?" act="Log all others out" keep="Leave them" change={end} onClose={onClose}>
      <p>
        Everybody but you is logged out of this tenant at once, unless they have a greater role than you. They come in
        again with a new link. Keys go on working, and so do runs.
      </p>
    </Confirm>
  );
}
