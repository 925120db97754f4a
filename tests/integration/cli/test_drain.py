"""`drain …` against a real portal."""

import pytest

from tests.integration.cli.installed import Portal

pytestmark = pytest.mark.slow


def test_a_drain_outlives_the_portal_and_lets_runs_wait(portal: Portal) -> None:
    assert portal.ask("drain", "status")["drained_at"] is None
    try:
        assert "Nothing is started" in portal.call("drain", "on").stdout
        portal.end()
        portal.start()
        run_id = portal.call("run", "--name", "waits", "--detach", "--", "true").stdout.strip()
        assert "maintenance" in portal.call("status").stdout
        (found,) = [each for each in portal.ask("doctor")["findings"] if each["code"] == "drain"]
        assert found["verdict"] == "note"
    finally:
        assert "Runs are started" in portal.call("drain", "off").stdout
    assert portal.call("wait", run_id).returncode == 0
