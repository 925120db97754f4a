"""Prints the OpenAPI document of the API, without a server and without touching a portal that is there.

With `--types` only what the page's types are made of (`npm run types`): without examples, and with one kind of error.
"""

import hashlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from addon_portal.api.main import create_app
from addon_portal.config import Settings
from addon_portal.domain.clock import SystemClock
from addon_portal.storage import Storage

_PROBLEM = {
    "description": "A problem document",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def openapi_document() -> dict[str, Any]:
    """The document that `/api/openapi.json` answers."""
    with tempfile.TemporaryDirectory() as directory:
        address = f"sqlite:///{directory}/portal.db"
        storage = Storage.open(address, clock=SystemClock())
        try:
            storage.upgrade()
            return create_app(Settings(data_dir=Path(directory), database_url=address), storage=storage).openapi()
        finally:
            storage.close()


def types_document() -> dict[str, Any]:
    """The same, reduced to what makes a difference to types, and naming what they were made of."""
    whole = openapi_document()
    document: dict[str, Any] = _without_examples({key: whole[key] for key in ("openapi", "paths", "components")})
    document["info"] = {"title": whole["info"]["title"], "version": ""}
    for operations in document["paths"].values():
        for operation in operations.values():
            answers = {status: said for status, said in operation["responses"].items() if status.startswith("2")}
            operation["responses"] = answers | {"default": _PROBLEM}
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return {**document, "x-digest": hashlib.sha256(text.encode()).hexdigest()}


def _without_examples(value: Any) -> Any:
    """Examples change while the types stay what they are."""
    if isinstance(value, list):
        return [_without_examples(part) for part in value]
    if isinstance(value, dict):
        return {key: _without_examples(part) for key, part in value.items() if key not in {"example", "examples"}}
    return value


if __name__ == "__main__":
    json.dump(types_document() if "--types" in sys.argv else openapi_document(), sys.stdout, indent=1)
