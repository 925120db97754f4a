"""Requests that were already answered: the same Idempotency-Key gives the same run.

A row is written in the transaction of the run it stands for, so there is never one without the other. The key is
stored hashed together with its method and path, since both come from outside and may be of any length.
"""

import hashlib
from datetime import datetime

from addon_portal.domain.ids import RunId
from addon_portal.domain.models import TenantScope
from addon_portal.storage.repository import Repository
from addon_portal.storage.rows import to_micros

_FIND = """
    SELECT body_hash, run_id FROM idempotency_keys
    WHERE tenant_id = :tenant_id AND key_id = :key_id AND request_hash = :request_hash
"""
_INSERT = """
    INSERT INTO idempotency_keys (tenant_id, key_id, request_hash, body_hash, run_id, created_at)
    VALUES (:tenant_id, :key_id, :request_hash, :body_hash, :run_id, :created_at)
    ON CONFLICT DO NOTHING RETURNING run_id
"""
_PRUNE = "DELETE FROM idempotency_keys WHERE created_at < :before"


class IdempotencyKeys(Repository):
    """Answers that may be asked for again."""

    __slots__ = ()

    def find(self, scope: TenantScope, key_id: str, method: str, path: str, key: str) -> tuple[bytes, RunId] | None:
        """The hash of the body that came with the key, and the run that it made."""
        row = self._connection.one(_FIND, _identity(scope, key_id, method, path, key))
        return None if row is None else (bytes(row[0]), row[1])

    def insert(
        self,
        scope: TenantScope,
        key_id: str,
        method: str,
        path: str,
        key: str,
        *,
        body_hash: bytes,
        run_id: RunId,
        at: datetime,
    ) -> bool:
        """Remember an answer; False when another request with the key got there first, then `find` tells its run."""
        parameters = _identity(scope, key_id, method, path, key)
        parameters |= {"body_hash": body_hash, "run_id": run_id, "created_at": to_micros(at)}
        return self._connection.one(_INSERT, parameters) is not None

    def prune(self, before: datetime) -> int:
        """Forget what is older; how many there were."""
        return self._connection.change(_PRUNE, {"before": to_micros(before)})


def hash_of_request(method: str, path: str, key: str) -> bytes:
    """What stands for a request with its key, however long they are."""
    digest = hashlib.sha256()
    for part in (method, path, key):
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.digest()


def _identity(scope: TenantScope, key_id: str, method: str, path: str, key: str) -> dict[str, object]:
    return {"tenant_id": scope.tenant_id, "key_id": key_id, "request_hash": hash_of_request(method, path, key)}
