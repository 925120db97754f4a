"""Schemas of programs and parameters held against them: always an answer, soon, in our words."""

import json

import pytest

from addon_portal.api.services import parameter_schemas
from addon_portal.api.services.parameter_schemas import MOST_PROBLEMS, check_against_schema, check_schema
from addon_portal.domain.models import JsonObject


def of_property(rule: JsonObject) -> JsonObject:
    """A schema for the parameter `a`."""
    return {"type": "object", "properties": {"a": rule}}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("pattern", ["^([a-z]+ ?)+$", "^(a+)+$", "^(a|a)*$"])
def test_no_parameter_makes_a_pattern_take_time_without_end(pattern: str) -> None:
    for schema in (of_property({"type": "string", "pattern": pattern}), {"patternProperties": {pattern: False}}):
        assert check_schema(schema) == []
    assert check_against_schema(of_property({"pattern": pattern}), {"a": "a" * 60_000 + "!"})
    assert not check_against_schema({"patternProperties": {pattern: False}}, {"a" * 60_000 + "!": 1})
    rule = {"patternProperties": {pattern: {}}, "additionalProperties": False}
    assert check_against_schema(rule, {"a" * 60_000 + "!": 1})


@pytest.mark.timeout(20)
def test_no_array_makes_looking_for_equal_elements_take_long() -> None:
    rule = of_property({"uniqueItems": True})
    different = [[each, str(each)][each % 2] for each in range(10_000)]
    assert not check_against_schema(rule, {"a": different})
    assert check_against_schema(rule, {"a": [*different, 4.0]})
    assert not check_against_schema(rule, {"a": [1, True, "1", [1], {"b": 1}]})


def test_rules_that_multiply_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parameter_schemas, "MOST_RULES", 2000)
    doubled = {"anyOf": [{"$ref": "#/$defs/x"}, {"$ref": "#/$defs/x"}]}
    schema = {"$defs": {"x": {"properties": {"a": doubled}, "required": ["b"]}}, "$ref": "#/$defs/x"}
    assert check_schema(schema) == []
    deep: dict[str, object] = {}
    for _ in range(30):
        deep = {"a": deep}
    (problem,) = check_against_schema(schema, deep)
    assert (problem.field, problem.got) == ("parameters", "more")


@pytest.mark.parametrize(
    "schema",
    [
        {"$schema": []},
        {"$schema": 5},
        {"$schema": "http://[x"},
        {"$schema": "https://example.org/my-own"},
        {"$ref": "#"},
        {"allOf": [{"$ref": "#"}]},
        {"$id": "http://[x", "properties": {"a": {"$ref": "#"}}},
        {"$ref": "http://127.0.0.1:9/schema.json"},
        {"properties": {"a": {"$ref": "#/nope"}}},
        {"properties": {"a": {"pattern": "(?=a)b"}}},
        {"patternProperties": {r"(a)\1": {}}},
        {"properties": {"a": {"$schema": "http://json-schema.org/draft-07/schema#", "pattern": "a"}}},
        {"patternProperties": {"a": {}}, "unevaluatedProperties": False},
    ],
)
def test_a_schema_by_which_nothing_could_ever_be_checked_is_refused(schema: JsonObject) -> None:
    (problem,) = check_schema(schema)
    assert problem.field.startswith("parameters_schema")
    assert problem.expected
    assert problem.got
    # Programs that are there already have theirs: their parameters are refused, and nothing breaks.
    check_against_schema(schema, {"a": {"a": "b"}})


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"$schema": "http://json-schema.org/draft-07/schema#", "definitions": {"d": {"type": "integer"}}},
        {"$defs": {"n": {"type": "integer"}}, "properties": {"a": {"$ref": "#/$defs/n"}}},
        {"$id": "https://example.org/s", "$defs": {"n": {"$id": "n"}}, "properties": {"a": {"$ref": "n"}}},
        {"properties": {"$schema": {"type": "string"}, "pattern": {"pattern": "^a/b$"}}},
        {"$defs": {"list": {"properties": {"next": {"$ref": "#/$defs/list"}}}}, "$ref": "#/$defs/list"},
    ],
)
def test_what_schemas_are_made_of_is_taken(schema: JsonObject) -> None:
    assert check_schema(schema) == []
    assert check_against_schema(schema, {"a": 1}) == []


@pytest.mark.parametrize("draft", ["draft-04", "draft-06", "draft-07"])
def test_an_older_draft_keeps_its_rules_and_ours(draft: str) -> None:
    schema = {
        "$schema": f"http://json-schema.org/{draft}/schema#",
        "definitions": {"n": {"type": "string", "pattern": "^(a+)+$"}},
        "properties": {"a": {"$ref": "#/definitions/n"}, "b": {"$ref": "#"}},
    }
    assert check_schema(schema) == []
    (problem,) = check_against_schema(schema, {"b": {"a": "a" * 1000 + "!"}})
    assert problem.field == "parameters.b.a"


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        ({"type": "integer"}, "x", "a whole number"),
        ({"type": ["string", "null"]}, 1, "a string or null"),
        ({"enum": ["day", 7]}, "week", 'one of "day", 7'),
        ({"const": 1}, 2, "1"),
        ({"pattern": "^a$"}, "b", "a string in which '^a$' is found"),
        ({"minimum": 3}, 2, "a number that is at least 3"),
        ({"maxLength": 2}, "abc", "a string of at most 2 characters"),
        ({"anyOf": [{"type": "integer"}]}, "nonsense", 'what fits one of the 1 schemas: [{"type": "integer"}]'),
        ({"not": {"type": "string"}}, "b", 'what does not fit the schema {"type": "string"}'),
        ({"uniqueItems": True}, [1, 1.0], "an array in which nothing stands twice"),
        ({"contains": {"const": 1}}, [2], 'what fits the schema\'s contains {"const": 1}'),
    ],
)
def test_what_was_expected_is_said(rule: JsonObject, value: object, expected: str) -> None:
    (problem,) = check_against_schema(of_property(rule), {"a": value})
    assert (problem.field, problem.expected) == ("parameters.a", expected)


def test_what_is_missing_or_not_known_is_named() -> None:
    schema = {"required": ["a", "b"], "properties": {"a": {}}, "additionalProperties": False}
    problems = check_against_schema(schema, {"c": 1})
    assert {(problem.field, problem.expected, problem.got) for problem in problems} == {
        ("parameters.a", "a value", "nothing"),
        ("parameters.b", "a value", "nothing"),
        ("parameters.c", "no such parameter", "1"),
    }


def test_no_more_is_said_than_can_be_read() -> None:
    problems = check_against_schema(of_property({"items": {"type": "string"}}), {"a": list(range(1000))})
    assert len(problems) == MOST_PROBLEMS
    assert len(json.dumps([problem.expected for problem in problems])) < 1000


def test_a_schema_with_more_rules_than_can_be_applied_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parameter_schemas, "MOST_RULES", 10)
    (problem,) = check_against_schema(of_property({"items": {"type": "string"}}), {"a": ["x"] * 20})
    assert "at most 10 rules" in problem.expected
