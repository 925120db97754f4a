"""The OpenAPI document: complete, with examples that its own schemas accept; and the documents made from it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from addon_portal.api.errors import ERRORS
from tests.support.served import Served

DOCUMENTS = Path(__file__).resolve().parents[3] / "docs" / "reference"
METHODS = {"get", "post", "put", "delete", "head", "patch"}


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and operation, each."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield method.upper(), path, operation


def test_every_operation_is_described(sqlite_served: Served) -> None:
    document = sqlite_served.app.openapi()
    names = []
    for method, path, operation in operations(document):
        where = f"{method} {path}"
        names.append(operation["operationId"])
        assert operation["summary"], where
        assert operation["description"], where
        assert operation["tags"], where
        assert any(status >= "400" for status in operation["responses"]), where
        needs_credential = path.startswith(("/api", "/metrics")) and operation["operationId"] != "log_in"
        assert ("security" in operation) == needs_credential, where
    assert len(set(names)) == len(names) > 25


def test_operations_are_called_like_the_functions_that_serve_them(sqlite_served: Served) -> None:
    names = {operation["operationId"] for _, _, operation in operations(sqlite_served.app.openapi())}
    assert {"run_project", "get_run", "head_raw_log", "create_tenant", "is_ready"} <= names
    assert all(re.fullmatch("[a-z]+(_[a-z]+)+", name) and "_api_" not in name for name in names), names


def test_every_answer_has_an_example_that_its_schema_accepts(sqlite_served: Served) -> None:
    document = sqlite_served.app.openapi()
    for method, path, operation in operations(document):
        success = min(operation["responses"])
        contents = operation["responses"][success].get("content", {})
        assert success == "204" or contents, f"{method} {path}"
        for kind, content in contents.items():
            assert content["example"], f"{method} {path} {kind}"
            if kind == "application/json":
                schema = {**content["schema"], "components": document["components"]}
                Draft202012Validator(schema).validate(content["example"])


def test_every_body_has_an_example_that_its_schema_accepts(sqlite_served: Served) -> None:
    document = sqlite_served.app.openapi()
    bodies = {each["operationId"]: each["requestBody"] for _, _, each in operations(document) if "requestBody" in each}
    assert list(bodies.pop("upload_files")["content"]) == ["application/octet-stream"]
    assert len(bodies) == 20
    for name, body in bodies.items():
        content = body["content"]["application/json"]
        assert content["example"], name
        schema = {**content["schema"], "components": document["components"]}
        Draft202012Validator(schema).validate(content["example"])


def test_a_body_that_may_be_left_out_is_not_nullable(sqlite_served: Served) -> None:
    document = sqlite_served.app.openapi()
    bodies = {each["operationId"]: each["requestBody"] for _, _, each in operations(document) if "requestBody" in each}
    for name, schema in (("run", "RunRequest"), ("restart", "RestartRequest"), ("stop", "StopRequest")):
        body = bodies[f"{name}_project"]
        assert body["content"]["application/json"]["schema"] == {"$ref": f"#/components/schemas/{schema}"}
        assert not body.get("required", False)


def test_raw_output_is_bytes(sqlite_served: Served) -> None:
    (raw,) = [each for _, _, each in operations(sqlite_served.app.openapi()) if each["operationId"] == "get_raw_log"]
    for status in ("200", "206"):
        assert raw["responses"][status]["content"]["text/plain"]["schema"] == {"type": "string", "format": "binary"}


def test_every_error_is_a_problem_document_with_its_code(sqlite_served: Served) -> None:
    document = sqlite_served.app.openapi()
    assert "Problem" in document["components"]["schemas"]
    assert "HTTPValidationError" not in document["components"]["schemas"]
    for method, path, operation in operations(document):
        for status, response in operation["responses"].items():
            if status >= "400":
                content = response["content"]["application/problem+json"]
                assert content["schema"] == {"$ref": "#/components/schemas/Problem"}, f"{method} {path} {status}"
                for code in content["examples"]:
                    assert ERRORS[code].status == int(status), f"{method} {path} {code}"


def test_every_reference_leads_somewhere(sqlite_served: Served) -> None:
    document = sqlite_served.app.openapi()
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(references(document)) == known


def references(value: Any) -> Iterator[str]:
    """Everything that is referred to."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from references(item)


def test_the_document_is_served_without_a_credential(sqlite_served: Served) -> None:
    import httpx

    response = httpx.get(f"{sqlite_served.url}/api/openapi.json", trust_env=False)
    assert response.json()["openapi"].startswith("3.")


def test_the_page_of_errors_lists_every_code() -> None:
    rows = [line for line in (DOCUMENTS / "errors.md").read_text().splitlines() if line.startswith("| `")]
    listed = {(cells := line.split("|"))[1].strip(" `"): int(cells[2]) for line in rows}
    assert listed == {code: info.status for code, info in ERRORS.items()}


def test_the_page_of_the_api_lists_every_operation(sqlite_served: Served) -> None:
    rows = [line for line in (DOCUMENTS / "api.md").read_text().splitlines() if re.match(r"\| `[A-Z]+ /", line)]
    listed = {line.split("`")[1] for line in rows}
    made = {f"{method} {path}" for method, path, _ in operations(sqlite_served.app.openapi())}
    assert listed == made
