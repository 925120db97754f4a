"""Somebody who reads the API all the time while the portal is being broken, and notes every word that is not true.

Each answer is held against what the kernel says of the program: before the request for what must have been known,
after it for what cannot have been true. Answers that do not come are no lies. Leaves to the tests what to expect of a
moment (`expect`) and of the end.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Self

import httpx
from typing_extensions import override

from addon_portal.domain.clock import SystemClock, from_text
from tests.faults.specimen import CODE, Specimen
from tests.support.portal import Json
from tests.support.waiting import PATIENCE_SECONDS

_EVERY_SECONDS = 0.3
_ANSWER_SECONDS = 1.0
_RANK = {"pending": 0, "starting": 1, "running": 2, "stopping": 3, "completed": 4, "failed": 4, "cancelled": 4}
_SAYS_THAT_IT_MAY_BE_OVER = {"unreachable", "finishing"}

STALE_AFTER = timedelta(seconds=1)
"""A sweep that begins so long after a death has to say that the program is no longer running."""


class Observer(threading.Thread):
    """Watches one specimen from entering to leaving."""

    def __init__(self, specimen: Specimen, *, may_be_unknown: bool = False) -> None:
        super().__init__(name=f"observer of {specimen.run_id}", daemon=True)
        self.lies: list[str] = []
        self.history: list[str] = []
        self.latest: Json = {}
        self._specimen = specimen
        self._may_be_unknown = may_be_unknown
        self._done = threading.Event()
        self._news = threading.Condition()
        self._phase: tuple[int, frozenset[str] | None] = (0, None)
        self._dead_since: datetime | None = None
        self._clock = SystemClock()
        self._client = httpx.Client(
            base_url=specimen.portal.client.base_url, timeout=_ANSWER_SECONDS, trust_env=False, verify=False
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self.join()
        self._client.close()

    def expect(self, words: frozenset[str] | None) -> None:
        """From now on only these words may be said (states, or reasons once final); None allows all that are legal."""
        self._phase = (self._phase[0] + 1, words)

    def wait_for(self, condition: Callable[[Json], Any], what: str) -> Json:
        """Wait until an answer meets the condition."""
        with self._news:
            met = self._news.wait_for(lambda: self.latest and condition(self.latest), PATIENCE_SECONDS)
            assert met, f"waited {PATIENCE_SECONDS:g} s in vain for {what}; last answer: {self.latest}"
            return self.latest

    def wait_for_sweep(self, after: datetime) -> Json:
        """Wait until an answer rests on a complete look at all runs that began after this moment."""

        def is_newer(run: Json) -> bool:
            return run["observed_at"] is None or from_text(run["observed_at"]) > after

        return self.wait_for(is_newer, f"a sweep that began after {after}")

    @override
    def run(self) -> None:
        while not self._done.wait(_EVERY_SECONDS):
            self._look()

    def _look(self) -> None:
        self._notice_death()
        dead_since, phase = self._dead_since, self._phase
        try:
            headers = {"Authorization": self._specimen.portal.client.headers["Authorization"]}
            answer = self._client.get(f"/api/tenant/projects/{self._specimen.project_id}", headers=headers)
        except httpx.TransportError:
            return
        if answer.status_code == 503:
            return
        alive = self._specimen.is_alive
        if answer.status_code != 200:
            self.lies.append(f"answered {answer.status_code}: {answer.text}")
            return
        project = answer.json()
        self._judge(project, alive, dead_since, phase[1] if phase == self._phase else None)
        with self._news:
            self.latest = project["latest_run"]
            self._news.notify_all()

    def _notice_death(self) -> None:
        if self._dead_since is None and self._specimen.executions and self._specimen.record("child"):
            process = self._specimen.pin_program()
            if process is None or process.has_ended:
                self._dead_since = self._clock.now()
            if process is not None:
                process.close()

    def _judge(self, project: Json, alive: bool, dead_since: datetime | None, words: frozenset[str] | None) -> None:
        run = project["latest_run"]
        word = run["reason"] or run["state"]
        line = f"{word} {'+'.join(run['health_all'])}".strip()
        if line != (self.history[-1:] or [""])[0]:
            self.history.append(line)
        final = run["finished_at"] is not None
        if project["execution_status"] != run["state"]:
            self._lie(run, f"the project says {project['execution_status']}")
        if words is not None and word not in words:
            self._lie(run, f"only {sorted(words)} can be true now")
        if final and alive:
            self._lie(run, "what it started is alive")
        if run["state"] == "completed" or run["outcome"] == "success" or run["exit_code"] not in {None, CODE}:
            self._lie(run, f"it can only end with {CODE}")
        if run["outcome"] == "unknown" and not self._may_be_unknown:
            self._lie(run, "its outcome can be known")
        claims_to_know = run["state"] == "running" and not _SAYS_THAT_IT_MAY_BE_OVER & set(run["health_all"])
        if claims_to_know and dead_since and from_text(run["observed_at"]) > dead_since + STALE_AFTER:
            self._lie(run, f"it ended by {dead_since}")
        self._judge_order(run)

    def _judge_order(self, run: Json) -> None:
        before = self.latest
        if not before:
            return
        if _RANK[run["state"]] < _RANK[before["state"]]:
            self._lie(run, f"it was {before['state']} before")
        if before["finished_at"] is not None:
            may_change = {"restartable", "not_restartable_because"}
            changed = {name for name in before if name not in may_change and before[name] != run[name]}
            if changed:
                self._lie(run, f"it was final, and {sorted(changed)} changed from {before}")

    def _lie(self, run: Json, why: str) -> None:
        said = {name: run[name] for name in ("state", "reason", "health_all", "observed_at", "exit_code", "signal")}
        self.lies.append(f"said {said}, but {why}")
