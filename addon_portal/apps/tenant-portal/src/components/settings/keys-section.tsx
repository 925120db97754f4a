import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { ErrorNote } from "@/components/error-note";
import { Section } from "@/components/section";
import { KeyRow } from "@/components/settings/key-row";
import { NewKey } from "@/components/settings/new-key";
import { Skeleton } from "@/components/skeleton";
import { apiKeysQuery } from "@/lib/access";

type Props = { showsRevoked: boolean; onShowRevoked: (shows: boolean) => void };

/** The tenant's keys: what programs show the API. */
export function KeysSection({ showsRevoked, onShowRevoked }: Props) {
  const { data, error, refetch } = useQuery(apiKeysQuery);
  const [isMaking, setMaking] = useState(false);
  const revoked = data?.filter((key) => key.revoked_at).length ?? 0;
  const shown = data?.filter((key) => showsRevoked || !key.revoked_at).reverse();
  return (
    <Section title="Keys" note="For programs: scripts, builds, other systems">
      {error && <ErrorNote error={error} retry={() => void refetch()} />}
      {!shown && !error && <Skeleton rows={3} />}
      {shown?.length === 0 && (
        <EmptyState title="No program has a key here.">
          Make one for each of them, so that the history says who did what, and one can be revoked without the others.
        </EmptyState>
      )}
      {!!shown?.length && (
        <table className="w-full">
          <thead className="text-left text-quiet text-small">
            <tr className="h-8">
              <th className="font-normal">Name</th>
              <th className="font-normal">Role</th>
              <th className="font-normal max-sm:hidden">Made</th>
              <th className="font-normal max-sm:hidden">Last used</th>
              <th className="w-24">
                <span className="sr-only">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line border-line border-t">
            {shown.map((key) => (
              <KeyRow key={key.id} apiKey={key} />
            ))}
          </tbody>
        </table>
      )}
      <div className="mt-3 flex flex-wrap items-center gap-4">
        <Button onClick={() => setMaking(true)}>New key…</Button>
        {revoked > 0 && (
          <label className="flex items-center gap-2">
            <input
              type="checkbox"
              checked={showsRevoked}
              onChange={(event) => onShowRevoked(event.target.checked)}
              className="size-4 accent-accent"
            />
            Show {revoked} revoked
          </label>
        )}
      </div>
      {isMaking && <NewKey onClose={() => setMaking(false)} />}
    </Section>
  );
}
