"""JSON Schemas of operators' programs, and parameters held against them.

Promises that whatever schema and parameters are given, an answer comes soon: patterns are matched by an engine that
takes linear time, equal elements are found by their text, and the rules that are applied are counted. Schemas refer to
nothing outside themselves. What parameters are for is left to `definitions`.
"""

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from addon_portal.domain.errors import FieldProblem
from addon_portal.domain.models import JsonObject
from addon_portal.validation import describe, name_of_field

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

MOST_PROBLEMS = 20
"""As many as somebody reads; a list of thousands of numbers may be wrong in each of them."""
MOST_RULES = 100_000
"""Rules of a schema that are applied to one set of parameters: a second or two; most schemas need a dozen."""

_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_Rule = Callable[["Validator", Any, Any, Mapping[str, Any]], Iterator["ValidationError"] | None]

_applied: ContextVar[list[int]] = ContextVar("_applied")


class _Unusable(Exception):
    """The schema cannot be evaluated. `expected` says what schema could."""

    def __init__(self, expected: str, got: str) -> None:
        self.expected = expected
        self.got = got


def check_schema(schema: JsonObject) -> list[FieldProblem]:
    """What is wrong with a JSON Schema that an operator gives: no parameters could ever be held against it."""
    from jsonschema.exceptions import SchemaError

    given: dict[str, Any] = dict(schema)
    try:
        dialect = _dialect_of(given)
        dialect.check_schema(given)
        _check_inside(given)
        _check_references(dialect, given)
        list(_errors_of(given, {}))
    except SchemaError as error:
        where = name_of_field(["parameters_schema", *error.absolute_path])
        return [FieldProblem(where, error.message[:200], describe(error.instance))]
    except _Unusable as unusable:
        return [FieldProblem("parameters_schema", unusable.expected, unusable.got)]
    return []


def check_against_schema(schema: JsonObject, parameters: JsonObject) -> list[FieldProblem]:
    """What is wrong with parameters by a schema, at most `MOST_PROBLEMS`."""
    given: dict[str, Any] = dict(parameters)
    problems: dict[FieldProblem, None] = {}
    try:
        for error in islice(_errors_of(dict(schema), given), MOST_PROBLEMS):
            problems.update(dict.fromkeys(_problems_of(error)))
    except _Unusable as unusable:
        expected = f"a program whose schema can be evaluated, with {unusable.expected}; the operator's"
        return [FieldProblem("parameters", expected, unusable.got)]
    return list(problems)[:MOST_PROBLEMS]


def _errors_of(schema: dict[str, Any], parameters: dict[str, Any]) -> Iterator["ValidationError"]:
    """Raises _Unusable."""
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    _check_inside(schema)
    # Without `$schema`: it would have every reference to the whole evaluated by the rules of jsonschema itself.
    schema_alone = {name: value for name, value in schema.items() if name != "$schema"}
    applied = _applied.set([0])
    try:
        # An empty registry: a schema can refer to itself and to nothing that would have to be fetched.
        yield from _bounded(_dialect_of(schema))(schema_alone, registry=Registry()).iter_errors(parameters)
    except Unresolvable as error:
        raise _Unusable("references to nothing outside the schema", f"one to {error.ref[:80]!r}") from None
    except RecursionError:
        raise _Unusable("references that come to an end", "one that leads back to itself") from None
    except ValueError as error:
        raise _Unusable("references and identifiers that are addresses", str(error)[:80]) from None
    finally:
        _applied.reset(applied)


def _dialect_of(schema: Mapping[str, Any]) -> type["Validator"]:
    from jsonschema.validators import Draft202012Validator, validator_for

    if "$schema" not in schema:
        return Draft202012Validator
    named = schema["$schema"]
    known: Any = None
    if isinstance(named, str):
        with contextlib.suppress(ValueError):  # no address
            known = validator_for({"$schema": named}, default=known)
    if known is None:
        raise _Unusable("a $schema of a published draft of JSON Schema, or none", describe(named))
    return known  # type: ignore[no-any-return]


def _check_inside(schema: Mapping[str, Any]) -> None:
    """Refuse what would be evaluated by Python's `re`, or by none of our rules at all. Raises _Unusable."""
    names: set[str] = set()
    waiting: list[object] = [{name: value for name, value in schema.items() if name != "$schema"}]
    while waiting:
        match waiting.pop():
            case dict() as inner:
                if isinstance(inner.get("$schema"), str):
                    raise _Unusable("$schema at the top only", "one further down")
                names.update(inner)
                for pattern in _patterns_of(inner):
                    _compile(pattern)
                waiting += inner.values()
            case list() as inner:
                waiting += inner
            case _:
                pass
    if {"patternProperties", "unevaluatedProperties"} <= names:
        raise _Unusable("either patternProperties or unevaluatedProperties", "both")


def _patterns_of(schema: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(pattern := schema.get("pattern"), str):
        yield pattern
    if isinstance(patterns := schema.get("patternProperties"), dict):
        yield from patterns


def _check_references(dialect: Any, schema: dict[str, Any]) -> None:
    """Every reference leads somewhere, also those that empty parameters do not reach. Raises _Unusable."""
    from referencing import Registry
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import specification_with

    specification = specification_with(dialect.ID_OF(dialect.META_SCHEMA))
    try:
        root = specification.create_resource(schema)
        waiting = [(Registry().resolver_with_root(root), root)]
        while waiting:
            resolver, resource = waiting.pop()
            if isinstance(resource.contents, Mapping):
                urlsplit(resource.id() or "")
                for name in _REFERENCES:
                    if isinstance(reference := resource.contents.get(name), str):
                        resolver.lookup(reference)
            waiting += [(resolver.in_subresource(each), each) for each in resource.subresources()]
    except Unresolvable as error:
        raise _Unusable("references to nothing outside the schema", f"one to {error.ref[:80]!r}") from None
    except (ValueError, AttributeError) as error:
        raise _Unusable("references and identifiers that are addresses", str(error)[:80]) from None


@lru_cache(maxsize=256)
def _compile(pattern: str) -> Callable[[str], bool]:
    """A search for a pattern, in linear time: the engine knows neither looking around nor referring back."""
    from pydantic_core import SchemaError, SchemaValidator, core_schema

    try:
        schema = core_schema.str_schema(pattern=pattern, regex_engine="rust-regex")
        return SchemaValidator(schema).isinstance_python
    except SchemaError as error:
        why = str(error).strip().splitlines()[-1].removeprefix("error: ")[:100]
        expected = "patterns for which linear time is enough, without looking around or referring back"
        raise _Unusable(expected, f"{pattern[:60]!r}: {why}") from None


@lru_cache(maxsize=16)
def _bounded(dialect: type["Validator"]) -> type["Validator"]:
    """The dialect with our rules, all of them counted."""
    from jsonschema.validators import extend

    rules: dict[str, Any] = {**dialect.VALIDATORS, "pattern": _pattern, "patternProperties": _pattern_properties}
    rules |= {"additionalProperties": _additional_properties, "uniqueItems": _unique_items}
    counted = {name: _counted(rule) for name, rule in rules.items() if name in dialect.VALIDATORS}
    return extend(dialect, counted)  # type: ignore[no-any-return, no-untyped-call]


def _counted(rule: _Rule) -> _Rule:
    def apply(validator: "Validator", value: Any, instance: Any, schema: Mapping[str, Any]) -> Any:
        applied = _applied.get()
        applied[0] += 1
        if applied[0] > MOST_RULES:
            raise _Unusable(f"at most {MOST_RULES} rules to apply to these parameters", "more")
        return rule(validator, value, instance, schema)

    return apply


def _pattern(validator: "Validator", pattern: str, instance: Any, _: Mapping[str, Any]) -> Iterator["ValidationError"]:
    from jsonschema.exceptions import ValidationError

    if validator.is_type(instance, "string") and not _compile(pattern)(instance):
        yield ValidationError("does not match")


def _pattern_properties(
    validator: Any, patterns: Mapping[str, Any], instance: Any, _: Mapping[str, Any]
) -> Iterator["ValidationError"]:
    if validator.is_type(instance, "object"):
        for pattern, rule in patterns.items():
            matches = _compile(pattern)
            for name, value in instance.items():
                if matches(name):
                    yield from validator.descend(value, rule, path=name, schema_path=pattern)


def _additional_properties(
    validator: Any, rule: Any, instance: Any, schema: Mapping[str, Any]
) -> Iterator["ValidationError"]:
    from jsonschema.exceptions import ValidationError

    if not validator.is_type(instance, "object"):
        return
    known, patterns = schema.get("properties", {}), [_compile(each) for each in schema.get("patternProperties", {})]
    for name, value in instance.items():
        if name in known or any(matches(name) for matches in patterns):
            continue
        if validator.is_type(rule, "object"):
            yield from validator.descend(value, rule, path=name)
        elif not rule:
            yield ValidationError("not known", path=[name], instance=value)


def _unique_items(
    validator: "Validator", rule: Any, instance: Any, _: Mapping[str, Any]
) -> Iterator["ValidationError"]:
    from jsonschema.exceptions import ValidationError

    if rule and validator.is_type(instance, "array"):
        texts = {json.dumps(_canonical(each), sort_keys=True) for each in instance}
        if len(texts) < len(instance):
            yield ValidationError("not unique")


def _canonical(value: Any) -> Any:
    """For JSON Schema 1.0 is 1."""
    match value:
        case float() if value.is_integer():
            return int(value)
        case dict():
            return {name: _canonical(each) for name, each in value.items()}
        case list():
            return [_canonical(each) for each in value]
        case _:
            return value


def _problems_of(error: "ValidationError") -> Iterator[FieldProblem]:
    """In our words: jsonschema says what came is wrong, not what was expected."""
    path = ["parameters", *error.absolute_path]
    rule, value = str(error.validator), error.validator_value
    if rule == "required" and isinstance(value, list) and isinstance(error.instance, dict):
        for name in value:
            if name not in error.instance:
                yield FieldProblem(name_of_field([*path, name]), "a value", "nothing")
    else:
        yield FieldProblem(name_of_field(path), _expected(rule, value)[:300], describe(error.instance))


_TYPES = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "an array",
    "null": "null",
}
_SENTENCES: Mapping[str, str] = {
    "minLength": "a string of at least {} characters",
    "maxLength": "a string of at most {} characters",
    "minimum": "a number that is at least {}",
    "maximum": "a number that is at most {}",
    "exclusiveMinimum": "a number greater than {}",
    "exclusiveMaximum": "a number less than {}",
    "multipleOf": "a multiple of {}",
    "minItems": "an array of at least {}",
    "maxItems": "an array of at most {}",
    "minProperties": "an object with at least {} names",
    "maxProperties": "an object with at most {} names",
}
_FIXED: Mapping[str, str] = {
    "uniqueItems": "an array in which nothing stands twice",
    "additionalProperties": "no such parameter",
    "unevaluatedProperties": "no such parameter",
}


def _expected(rule: str, value: Any) -> str:
    match rule:
        case "type":
            return " or ".join(_TYPES.get(str(each), str(each)) for each in _listed(value))
        case "enum":
            return "one of " + ", ".join(_as_json(each) for each in _listed(value))
        case "const":
            return _as_json(value)
        case "pattern":
            return f"a string in which {value[:200]!r} is found"
        case "anyOf" | "oneOf":
            how = "exactly one" if rule == "oneOf" else "one"
            return f"what fits {how} of the {len(value)} schemas: {_as_json(value)}"
        case "not":
            return f"what does not fit the schema {_as_json(value)}"
        case _ if rule in _SENTENCES:
            return _SENTENCES[rule].format(value)
        case _ if rule in _FIXED:
            return _FIXED[rule]
        case _:
            return f"what fits the schema's {rule} {_as_json(value)}"


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _as_json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else text[:199] + "…"
