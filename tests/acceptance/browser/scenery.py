"""A tenant in which something of everything has happened, all by real programs: what its pages are looked at with."""

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass

from tests.support.portal import Json, Portal
from tests.support.waiting import PATIENCE_SECONDS, wait_until
from tests.tidy.sources import ROOT

TENANT = "harbour"
ROOM = 4
"""Runs of the tenant at once: as many as stay active here, so that one more has to wait."""

OFTEN = 30
DAY = 23 * 3600
"""Seconds over which what ran often is spread."""
PUT_BACK = """
    UPDATE runs SET requested_at = requested_at - :by, claimed_at = claimed_at - :by, started_at = started_at - :by,
        ended_at = ended_at - :by, finished_at = finished_at - :by
    WHERE project_id = :project_id AND number = :number
"""

COLOURED = r"""
made=$(cat made 2>/dev/null || echo 0); echo $((made + 1)) >made
printf 'tiles: \033[1mzoom 4\033[0m, 21 of 64\n\033[33mwarning:\033[0m tile 4/9/5 has no data, skipped\n'
for percent in 20 40 60 80 100; do printf '\rtiles: %s %%' $percent; sleep 0.0$((made % 5 + 1)); done
[ $((made % 8)) != 3 ] || { printf '\n\033[31mno space left for zoom 5\033[0m\n'; exit 2; }
printf '\n\033[32mdone\033[0m\n'
"""
CRAWL = "echo 'page 1 of 9: 48 links'; echo 'page 2 of 9: waiting for an answer'; exec sleep 1000"
UPLOAD = "echo 'connecting to the archive'; echo 'the archive answers 503, closed until 18:00' >&2; exit 75"
UNWILLING = "echo 'flushing 214 tables'"
STUBBORN = f"trap '' TERM; {UNWILLING}; while :; do sleep 0.2; done"


@dataclass(frozen=True)
class Scenery:
    """Where everything is: projects and their newest runs by the project's name, and the tenant's key."""

    key: str
    projects: Mapping[str, str]
    runs: Mapping[str, str]

    def resolve(self, path: str) -> str:
        """An address with the ids for `{project:NAME}` and `{run:NAME}`."""
        kinds = {"project": self.projects, "run": self.runs}
        return re.sub(r"\{(project|run):([^}]+)\}", lambda found: kinds[found[1]][found[2]], path)


class Furnisher:
    """Makes projects, runs them, and waits until each is as the pages shall show it."""

    def __init__(self, portal: Portal) -> None:
        """The portal's client asks as the tenant from now on."""
        self.portal = portal
        assert portal.command("tenant", "create", TENANT, "--max-runs", str(ROOM)).returncode == 0
        made = portal.ask("POST", "/api/admin/keys", {"tenant": TENANT, "name": "deploy", "role": "admin"})
        self.key = made.json()["api_key"]
        portal.client.headers["Authorization"] = f"Bearer {self.key}"
        self.projects: dict[str, str] = {}
        self.runs: dict[str, str] = {}

    def push(self, example: str, *command: str) -> None:
        """Make a project of one of the examples."""
        folder = str(ROOT / "examples" / example)
        self.tell("project", "push", folder, "--", *command)
        found = self.portal.get(f"/api/tenant/projects?search={example}")
        self.projects[example] = found["items"][0]["id"]

    def tell(self, *arguments: str) -> None:
        """A command of the command line, in the tenant's name."""
        done = self.portal.command(*arguments, ADDON_PORTAL_API_KEY=self.key)
        assert done.returncode == 0, done.stderr

    def make(self, name: str, *command: str, **more: object) -> None:
        """Make a project of a command."""
        self.projects[name] = self.portal.new_project(list(command), name=name, **more)

    def run(self, name: str, times: int = 1) -> None:
        """Run it to its end, so many times."""
        for _ in range(times):
            self.begin(name)
            self.portal.wait_final(self.runs[name])

    def begin(self, name: str) -> None:
        """Run it."""
        self.runs[name] = self.portal.run(self.projects[name])

    def spread(self, name: str, times: int) -> None:
        """Have what ran so often stand in the history as if it had run over the last day, for the plots of a day."""
        with closing(sqlite3.connect(self.portal.data.database, timeout=PATIENCE_SECONDS)) as database, database:
            for number in range(1, times):
                by = DAY * 1_000_000 * (times - number) // times
                database.execute(PUT_BACK, {"by": by, "project_id": self.projects[name], "number": number})

    def wait(self, name: str, **wanted: object) -> None:
        """Wait until the newest run is so."""

        def is_so() -> bool:
            run: Json = self.portal.get_run(self.runs[name])
            return {field: run[field] for field in wanted} == wanted

        wait_until(is_so, f"{name} to be {wanted}", PATIENCE_SECONDS)


def furnish(portal: Portal) -> Scenery:
    """Fill a tenant. What the pages show is what these programs did; only when the tiles were made is put back."""
    house = Furnisher(portal)
    house.push("site", "python3", "build.py")
    house.run("site", times=5)
    house.push("orders", "python3", "totals.py")
    house.make("tiles", "sh", "-c", COLOURED, working_directory=str(portal.root))
    house.run("tiles", times=OFTEN)
    house.spread("tiles", OFTEN)
    house.make("model", "python3", "-c", "import ctypes; print('epoch 1', flush=True); ctypes.string_at(0)")
    house.run("model")
    house.make("thumbnails", "make-thumbnails", "--all")
    house.run("thumbnails")
    policy = {"mode": "on-failure", "max_restarts": 5, "initial_seconds": 3600, "max_seconds": 7200}
    house.make("upload", "sh", "-c", UPLOAD, restart_policy=policy)
    house.run("upload")
    house.make("never-run", "python3", "backfill.py", "--year", "2025")
    house.run("orders")
    _begin_what_stays_active(house)
    return Scenery(house.key, house.projects, house.runs)


def _begin_what_stays_active(house: Furnisher) -> None:
    house.push("primes", "python3", "primes.py")
    # It counts for a second, then stays where it is: whoever looks on needs the processors too.
    house.tell("project", "update", "primes", "--env", "LIMIT=2e8", "--env", "SILENT_AFTER=0.4")
    house.begin("primes")
    stall = {"stall_seconds": 1, "stall_by": "output", "on_stall": "warn"}
    house.make("crawl", "sh", "-c", CRAWL, **stall)
    house.begin("crawl")
    house.make("flush", "sh", "-c", STUBBORN, stop={"signal": "SIGTERM", "grace_seconds": 3600})
    house.begin("flush")
    house.make("mirror", "sleep", "1000")
    house.begin("mirror")
    for name in ("primes", "crawl", "flush", "mirror"):
        house.wait(name, state="running")
    house.make("reindex", "sleep", "1000")
    house.begin("reindex")
    house.wait("reindex", state="pending")
    house.portal.ask("POST", f"/api/tenant/projects/{house.projects['flush']}/stop", {})
    house.wait("flush", state="stopping")
    house.wait("crawl", health="silent")
