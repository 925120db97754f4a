"""A program that does what a test tells it, and leaves traces of what was really done: how many copies were started."""

import json
import os
import signal
from pathlib import Path

from addon_portal.domain.ids import RunId
from tests.support.kernel import Pinned, state_of
from tests.support.portal import Json, Portal
from tests.support.waiting import PATIENCE_SECONDS, wait_until

_SCRIPT = """
cd "$1" || exit 1
echo $$ >>copies
while read -r act rest; do
    case $act in
    say) echo "$rest" ;;
    count) seq -f 'line %07.0f of the work' $rest ;;
    end) exit "$rest" ;;
    esac
done <told
"""

COUNTED_BYTES = len("line 0000001 of the work\n")


class Puppet:
    """A project with this program. What it is told waits until it asks."""

    def __init__(self, portal: Portal, place: Path, **definition: object) -> None:
        self.portal = portal
        self.place = place
        place.mkdir()
        os.mkfifo(place / "told")
        self._told = os.open(place / "told", os.O_RDWR | os.O_CLOEXEC)
        self.project_id = portal.new_project(["sh", "-c", _SCRIPT, "sh", str(place)], **definition)
        self.name = str(portal.get(f"/api/tenant/projects/{self.project_id}")["name"])

    def close(self) -> None:
        """Let every copy end that still lives."""
        for pid in self.copies:
            if state_of(pid) not in {None, "Z"}:
                self.end(0)
        os.close(self._told)

    def start(self) -> RunId:
        """Run it, and wait until it waits to be told."""
        before = len(self.copies)
        run_id = self.portal.run(self.project_id)
        self.wait_for_copies(before + 1)
        return run_id

    def fail(self) -> RunId:
        """Run it to an end with exit code 3."""
        run_id = self.start()
        self.end(3)
        assert self.portal.wait_final(run_id)["exit_code"] == 3
        return run_id

    def say(self, line: str) -> None:
        """Have it write a line."""
        os.write(self._told, f"say {line}\n".encode())

    def count(self, first: int, last: int) -> None:
        """Have it write numbered lines of COUNTED_BYTES each."""
        os.write(self._told, f"count {first} {last}\n".encode())

    def end(self, code: int) -> None:
        """Have it end."""
        os.write(self._told, f"end {code}\n".encode())

    def kill(self) -> None:
        """SIGKILL to the newest copy."""
        os.kill(self.copies[-1], signal.SIGKILL)

    def pin_shim(self, run_id: RunId) -> Pinned:
        """The shim of a run, by its own record; the caller closes it."""
        record = json.loads((self.portal.data.run_directory(run_id) / "child.json").read_bytes())
        return Pinned(record["shim"]["pid"])

    # What is true of it.

    @property
    def copies(self) -> list[int]:
        """The pids of all copies that were ever started."""
        try:
            return [int(pid) for pid in (self.place / "copies").read_text().split()]
        except FileNotFoundError:
            return []

    def wait_for_copies(self, count: int) -> None:
        """Wait until so many were started; more are too many."""
        wait_until(lambda: len(self.copies) >= count, f"copy {count} of the program", PATIENCE_SECONDS)
        assert len(self.copies) == count

    @property
    def runs(self) -> list[Json]:
        """All runs of the project, newest first, as the portal has them."""
        found: list[Json] = self.portal.get(f"/api/tenant/projects/{self.project_id}/runs")["items"]
        return found
