"""Refusals of the portal, as people at a command line are told of them."""

from datetime import UTC, datetime

from addon_portal.cli.errors import Refused
from addon_portal.domain.errors import ConfirmationRequired
from addon_portal.domain.ids import new_run_id


def test_what_has_to_be_repeated_is_said_in_options() -> None:
    refusal = ConfirmationRequired(new_run_id(datetime(2026, 1, 1, tzinfo=UTC)))
    told = Refused({"code": refusal.code, "detail": refusal.message, **refusal.fields}).message
    assert told.endswith("Look for leftovers, then repeat with --confirm.")
    assert str(refusal.fields["run_id"]) in told
