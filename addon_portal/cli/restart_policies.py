"""A project's restart policy on the command line."""

import json
from typing import Annotated, Any

import typer

from addon_portal.cli.errors import BadUsage
from addon_portal.cli.terms import seconds_text

Json = dict[str, Any]

_MODES = ("never", "on-failure", "always")

RestartPolicy = Annotated[
    str | None,
    typer.Option(
        "--restart-policy",
        metavar="WHEN",
        help='never, on-failure or always; or all of it as JSON: {"mode": "on-failure", "max_restarts": 5}.',
    ),
]


def policy_fields(given: str | None) -> Json:
    """What was given, as the fields of a project."""
    if given is None:
        return {}
    if given in _MODES:
        return {"restart_policy": None if given == "never" else {"mode": given}}
    try:
        policy = json.loads(given)
    except ValueError:
        policy = None
    if not isinstance(policy, dict):
        raise BadUsage(f"--restart-policy expects never, on-failure, always or a JSON object, got {given!r}.")
    return {"restart_policy": policy}


def policy_text(policy: Json | None) -> str:
    """The policy in one line."""
    if policy is None:
        return "never restarted by itself"
    within = seconds_text(policy["window_seconds"])
    pauses = f"{policy['initial_seconds']:g} s times {policy['factor']:g} each, at most {policy['max_seconds']:g} s"
    row = f"at most {policy['max_restarts']} " + (f"within {within}" if within else "in a row")
    return f"{policy['mode']}, {row}, after {pauses}"
