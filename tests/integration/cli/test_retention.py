"""`retention`, and what `logs` and `files` say of what it has removed."""

import pytest

from addon_portal.cli.exit_codes import ExitCode
from tests.integration.cli.installed import Portal

pytestmark = pytest.mark.slow


def test_what_is_not_kept_is_shown_then_removed_and_said_to_be_gone(own_portal: Portal) -> None:
    own_portal.start(
        "--no-samples", ADDON_PORTAL_LOG_RETENTION_RUNS="1", ADDON_PORTAL_RETENTION_INTERVAL_SECONDS="86400"
    )
    first = own_portal.run_until_output("--name", "hello", "--", "echo", "one")
    assert own_portal.call("run", "hello").stdout == "one\n"
    would = own_portal.call("retention", "--dry-run")
    assert (would.returncode, first in would.stdout) == (ExitCode.OK, True)
    assert "Would remove 1 log (4 KiB), 0 workspaces (0 bytes), 0 versions of code (0 bytes)." in would.stdout
    assert own_portal.call("logs", first).stdout == "one\n"
    report = own_portal.ask("retention")["report"]
    assert [item["name"] for item in report["items"]] == [first]
    gone = own_portal.call("logs", first)
    assert (gone.returncode, gone.stdout) == (ExitCode.REFUSED, "")
    assert "was removed by retention at 20" in gone.stderr
    assert "of each project only the newest 1 runs keep their logs" in gone.stderr
    assert "was removed by retention" in own_portal.call("show", first).stdout
    assert own_portal.call("logs", "hello").stdout == "one\n"
    nothing = own_portal.call("retention")
    assert nothing.returncode == ExitCode.OK
    assert "There is nothing that the settings do not keep." in nothing.stderr
