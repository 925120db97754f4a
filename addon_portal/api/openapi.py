"""What the OpenAPI document says of each operation beside its types: examples, and every error it can end in.

Promises that the documented errors are those of the error table. Nothing here has an effect on a request.
"""

import json
from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from addon_portal.api.errors import ERRORS, MEDIA_TYPE, PROBLEM_TYPE
from addon_portal.api.schemas.problems import Problem

DESCRIPTION = """Runs long-running programs, says truthfully what happened to them, and restarts them.

Every error is a problem document (RFC 9457) with a stable `code`. Lists are read page by page with `next_cursor`.
"""
ALWAYS = ("internal_error", "storage_busy", "storage_trouble")
_EXAMPLE = "x-example"
SECURITY = {
    "key": {"type": "http", "scheme": "bearer", "description": "An API key"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "addon_portal_session",
        "description": "The cookie of the page; its name goes on with letters of the installation. What changes "
        "something needs the header X-CSRF-Token too; X-Portal-Tenant says which tenant the page shows.",
    },
}
WITH_CREDENTIAL = ("unauthenticated", "forbidden", "csrf_refused", "tenant_changed", "invalid_request", *ALWAYS)


def says(
    summary: str,
    answer: type[BaseModel] | None,
    example: object,
    *,
    status: int = 200,
    errors: Iterable[str] = (),
    needs_credential: bool = True,
    media_type: str = "application/json",
    asked: object = None,
) -> dict[str, Any]:
    """The keyword arguments of a route: what it is for, what it answers, how it can fail. `asked` is a body to send."""
    codes = [*errors, *(WITH_CREDENTIAL if needs_credential else ALWAYS)]
    responses: dict[int | str, dict[str, Any]] = problems(codes)
    responses[status] = {"description": summary}
    if example is not None:
        # As text: the framework removes every null from the document, also from examples.
        responses[status]["content"] = {media_type: {_EXAMPLE: json.dumps(example)}}
    documented = {"summary": summary, "status_code": status, "response_model": answer, "responses": responses}
    if answer is None:
        documented["response_class"] = Response
    extra: dict[str, Any] = {"security": [{"key": []}, {"session": []}]} if needs_credential else {}
    if asked is not None:
        extra["requestBody"] = {"content": {"application/json": {_EXAMPLE: json.dumps(asked)}}}
    documented["openapi_extra"] = extra
    return documented


def problems(codes: Iterable[str]) -> dict[int | str, dict[str, Any]]:
    """The documented responses of these codes, those of one status together."""
    responses: dict[int | str, dict[str, Any]] = {}
    for code in dict.fromkeys(codes):
        info = ERRORS[code]
        example = {
            "type": PROBLEM_TYPE + code,
            "title": info.title,
            "status": info.status,
            "detail": "…",
            "code": code,
        }
        response = responses.setdefault(
            info.status,
            {
                "description": info.title,
                "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}},
            },
        )
        response["content"][MEDIA_TYPE]["examples"][code] = {"summary": info.title, "value": example}
    return responses


def _mend(operation: dict[str, Any]) -> None:
    """Put the examples in their place, and remove what the framework adds: errors that we have not, null as a body."""
    responses = operation["responses"]
    for status, response in list(responses.items()):
        for content in response.get("content", {}).values():
            _place_example(content)
            if content.get("schema", {}).get("$ref", "").endswith("/HTTPValidationError"):
                del responses[status]
    for content in operation.get("requestBody", {}).get("content", {}).values():
        _place_example(content)
        # A body that may be left out need not be nullable, for which generated clients send what nobody understands.
        (content["schema"],) = [
            kind for kind in content["schema"].get("anyOf", [content["schema"]]) if kind != {"type": "null"}
        ]


def _place_example(content: dict[str, Any]) -> None:
    if _EXAMPLE in content:
        content["example"] = json.loads(content.pop(_EXAMPLE))


def name_operation(route: APIRoute) -> str:
    """Operations are called like the functions that serve them; for every router, since routes keep their router's."""
    return route.name


def complete_openapi(app: FastAPI) -> None:
    """Have the document contain the problem's schema, which routes refer to, instead of the framework's own."""
    make = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            components = make().setdefault("components", {})
            components["securitySchemes"] = SECURITY
            schemas = components.setdefault("schemas", {})
            _, own = models_json_schema([(Problem, "serialization")], ref_template="#/components/schemas/{model}")
            schemas |= own["$defs"]
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            for operations in make()["paths"].values():
                for operation in operations.values():
                    _mend(operation)
        assert app.openapi_schema is not None
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
