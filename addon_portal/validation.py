"""What pydantic says about a value that does not fit, in our words: where, what was expected, what came.

Used for settings and for request bodies, so that both read alike. Imports nothing of pydantic: it is given the plain
error dictionaries of `ValidationError.errors()`.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import cast

from addon_portal.domain.errors import FieldProblem, InvalidRequest

_OPENING = re.compile(
    r"^(Value error, )?(Input|Value|String|List|Dictionary|Data|Frozenset|Tuple)? ?(should be|should have|should)? ?"
)

_FIXED = {
    "missing": "a value",
    "extra_forbidden": "no such field",
    "json_invalid": "well-formed JSON",
    "model_attributes_type": "an object",
    "model_type": "an object",
    "dict_type": "an object",
    "list_type": "an array",
    "tuple_type": "an array",
    "string_type": "a string",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
}


def problem_of(error: Mapping[str, object], location: Sequence[str | int] | None = None) -> FieldProblem:
    """Turn one pydantic error into a problem. `location` replaces the error's own where the caller knows better."""
    where = location if location is not None else cast("Sequence[str | int]", error.get("loc", ()))
    if tuple(where[-1:]) == ("[key]",):
        # A name in an object; it need not look like a field, and what is said of it shows it.
        where = where[:-2]
    if error["type"] == "recursion_depth_exceeded":
        # What checks nesting is not reached where it is deeper than what reads it goes.
        return FieldProblem(name_of_field(where[:1]), "less nesting", "more levels than can be read")
    return FieldProblem(name_of_field(where), _expected(error), _got(error))


def object_of(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    """What a JSON reader makes an object of (`object_pairs_hook`). Raises InvalidRequest for a name that comes twice.

    Python's reader keeps the last value, others the first (RFC 8259, section 4), so whoever sent it may not have meant
    what we would do.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        repeated = [(name, count) for name, count in counts.items() if count > 1]
        raise InvalidRequest([FieldProblem(name, "one value", f"{count} values") for name, count in repeated])
    return found


def name_of_field(location: Sequence[str | int]) -> str:
    """`("command", 0)` as people write it: `command[0]`; the whole body is `(body)`."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "(body)"


def without_password(url: str) -> str:
    """A database's address as it may be shown or logged."""
    shown = re.sub(r"(://[^/:@]*:)[^/]*@", r"\1...@", url)
    return re.sub(r"([?&][^=&]*password[^=&]*=)[^&]*", r"\1...", shown, flags=re.IGNORECASE)


def describe(value: object) -> str:
    """A short text for a value that came: strings quoted and cut, containers by their kind."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case bytes():
            return "a body that was not sent as application/json"
        case str():
            shown = value if len(value) <= 60 else value[:57] + "…"
            return repr(shown)
        case int() if abs(value) >= 10**60:
            return "a huge number"
        case int() | float():
            return str(value)
        case Mapping():
            return "an object"
        case Sequence():
            return f"an array of {len(value)}"
        case _:
            return f"a value of type {type(value).__name__}"


def _expected(error: Mapping[str, object]) -> str:
    kind, context = str(error["type"]), error.get("ctx")
    if kind in _FIXED:
        return _FIXED[kind]
    if isinstance(context, Mapping) and "expected" in context:
        return str(context["expected"])
    said = _OPENING.sub("", str(error["msg"])).replace(" after validation", "").strip()
    return f"a number {said}" if kind.startswith(("greater", "less")) else said


def _got(error: Mapping[str, object]) -> str:
    if error["type"] == "missing":
        return "nothing"
    context = error.get("ctx")
    if isinstance(context, Mapping):
        if "got" in context:
            return str(context["got"])
        if error["type"] == "json_invalid":
            return str(context.get("error", "something else"))
    return describe(error.get("input"))
