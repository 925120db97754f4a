import { useState } from "react";
import { Button } from "@/components/button";
import { Confirm } from "@/components/confirm";
import { Time } from "@/components/time";
import { useChange } from "@/hooks/use-change";
import { useSession } from "@/hooks/use-session";
import { type ApiKey, revokeApiKey } from "@/lib/access";
import { keys } from "@/lib/keys";
import { ROLE_WORDS, takingRefusal } from "@/lib/roles";

/** One key; its text is known by its beginning alone. */
export function KeyRow({ apiKey }: { apiKey: ApiKey }) {
  const { name, prefix, role, created_at, last_used_at, is_own } = apiKey;
  const own = useSession()?.role ?? "viewer";
  const [isAsking, setAsking] = useState(false);
  return (
    <tr className="h-12 align-middle">
      <td className="py-1.5 pr-3">
        <span className="block font-medium wrap-anywhere">{name}</span>
        <code className="text-quiet text-small">{prefix}…</code>
        {is_own && (
          <span className="block text-quiet text-small">
            The commands on the portal's machine use it. Revoke it there:{" "}
            <code className="wrap-anywhere">addon-portal key revoke {apiKey.id} --yes</code>
          </span>
        )}
        <span className="block text-quiet text-small sm:hidden">
          used <Time at={last_used_at} missing="never" />
        </span>
      </td>
      <td className="pr-3">{ROLE_WORDS[role].word}</td>
      <td className="pr-3 text-quiet max-sm:hidden">
        <Time at={created_at} />
      </td>
      <td className="pr-3 text-quiet max-sm:hidden">
        <Time at={last_used_at} missing="never" />
      </td>
      <td className="text-right">
        {endOf(apiKey) ?? (
          <Button
            kind="danger"
            blocked={takingRefusal(own, role)}
            aria-label={`Revoke ${name}`}
            onClick={() => setAsking(true)}
          >
            Revoke
          </Button>
        )}
        {isAsking && <Revoke apiKey={apiKey} onClose={() => setAsking(false)} />}
      </td>
    </tr>
  );
}

/** What stands in the place of the button, where there is nothing to revoke here. */
function endOf({ revoked_at, is_own }: ApiKey) {
  if (revoked_at) {
    return (
      <span className="text-quiet">
        Revoked <Time at={revoked_at} />
      </span>
    );
  }
  return is_own ? <span className="text-quiet">the portal's own</span> : null;
}

function Revoke({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const revoke = useChange<undefined, void>(() => revokeApiKey(apiKey.id), keys.apiKeys);
  return (
    <Confirm title={`Revoke the key ${apiKey.name}?`} act="Revoke" keep="Keep it" change={revoke} onClose={onClose}>
      <p>
        Whatever uses it is refused from its next request on. Runs that it has started go on. A key that is revoked
        stays so.
      </p>
      <p>
        Last used: <Time at={apiKey.last_used_at} missing="never" />.
      </p>
    </Confirm>
  );
}
