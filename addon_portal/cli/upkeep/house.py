"""`addon-portal up` itself: prepares, starts, keeps going, and ends what is to end with it.

Responsible for the order of things: the address is taken and the directory locked before anything starts; nothing
touches the database before it was prepared; `up.json` appears when the api answers. Keeper and runs are not its own: it
watches over the one and leaves both behind.
"""

import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from shlex import quote
from typing import TextIO

from addon_portal import __version__
from addon_portal.cli.exit_codes import ExitCode
from addon_portal.cli.upkeep.api_watch import ApiWatch
from addon_portal.cli.upkeep.event_loop import EventLoop
from addon_portal.cli.upkeep.forking import be, import_what_parts_need
from addon_portal.cli.upkeep.helpers import Helper
from addon_portal.cli.upkeep.keeper_watch import KeeperWatch
from addon_portal.cli.upkeep.listening import Readiness, connect_address, url_of
from addon_portal.cli.upkeep.log_files import log_path
from addon_portal.cli.upkeep.notifier_watch import NotifierWatch
from addon_portal.cli.upkeep.options import NOTIFIER_OPTIONS, SUPERVISOR_OPTIONS, UpOptions
from addon_portal.cli.upkeep.private_files import write_private
from addon_portal.cli.upkeep.services import LISTEN_FD, PARENT_FD, Service

PATIENCE_SECONDS = 10.0
"""How long api and supervisor may take to leave before they are made to."""
HOPELESS_DEATHS = 4
"""So many deaths in a row before the portal was ready once, and `up` gives up."""
WRITE_AGAIN_SECONDS = 1.0
"""After `up.json` could not be written."""

_OF_CLIENTS = ("ADDON_PORTAL_API_KEY", "ADDON_PORTAL_URL")


class House:
    """One `up`, from the taken address to the last goodbye."""

    def __init__(self, options: UpOptions, listener: socket.socket) -> None:
        self._options = options
        self._listener = listener
        self._url = url_of(listener)
        self._key = self._login_link = ""
        self._loop = EventLoop()
        self._helper: Helper | None = None
        self._demo: Helper | None = None
        self._readiness = Readiness(self._loop, listener, self._changed)
        self._keeper = KeeperWatch(options, self._loop, self._changed, say)
        self._parent_pipe = os.pipe()
        self._start_pipe = os.pipe()
        self._api = self._make_service("api", "serve", {LISTEN_FD: listener.fileno()}, options.environment)
        self._api_watch = ApiWatch(self._loop, self._api, connect_address(listener), say)
        self._supervisor = self._make_service("supervisor", "supervise", {}, {SUPERVISOR_OPTIONS: options.supervisor})
        self._notifier = self._make_service("notifier", "notify", {}, {NOTIFIER_OPTIONS: options.notifier})
        self._notifier_watch = NotifierWatch(self._loop, self._notifier, options.notifier_marker)
        self._was_ready = False
        self._leaving = False
        self._waits_for_keeper = False
        self._up_file_is_late = False
        self._will_write_again = False
        self._result = 0

    def run(self) -> int:
        """Everything; returns the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup(1) means it
                self._loop.on_signal(number, self._asked_to_leave)
        self._loop.on_signal(signal.SIGCHLD, lambda _: self._reap())
        self._remove_up_file()
        self._ask_helper("preparation", self._is_prepared)
        import_what_parts_need()
        self._api.start()
        self._supervisor.start()
        try:
            return self._loop.run()
        finally:
            self._remove_up_file()

    def _make_service(self, name: str, module: str, inherited: dict[str, int], told: dict[str, str]) -> Service:
        return Service(
            name=name,
            main=partial(be, module),
            environment={name: text for name, text in os.environ.items() if name not in _OF_CLIENTS} | told,
            inherited={PARENT_FD: self._parent_pipe[0], **inherited},
            start_fd=self._start_pipe[0],
            data=self._options.data,
            logs=self._options.logs,
            loop=self._loop,
            on_change=self._changed,
            say=say,
        )

    @property
    def _helpers(self) -> list[Helper]:
        return [helper for helper in (self._helper, self._demo) if helper is not None]

    @property
    def _services(self) -> tuple[Service, Service]:
        return self._api, self._supervisor

    @property
    def _all_services(self) -> tuple[Service, ...]:
        return *self._services, self._notifier

    def _remove_up_file(self) -> None:
        with suppress(OSError):
            Path(self._options.up_file).unlink()

    # Becoming ready

    def _ask_helper(self, module: str, then: Callable[[int, str], None]) -> None:
        self._helper = Helper(self._loop, module, self._options, then, say)

    def _is_prepared(self, status: int, answer: str) -> None:
        if self._leaving:
            self._finish_if_alone()
            return
        if status != 0:
            self._give_up(os.WEXITSTATUS(status) if os.WIFEXITED(status) else ExitCode.TROUBLE_FOUND)
            return
        prepared = json.loads(answer)
        self._key, self._login_link = prepared["api_key"], prepared["login_link"]
        for line in prepared["notes"]:
            say(line)
        self._keeper.find_or_start()
        os.write(self._start_pipe[1], b"go" * 64)
        for service in self._all_services:
            service.start_fd = None
        for descriptor in self._start_pipe:
            os.close(descriptor)
        self._readiness.ask()

    def _changed(self) -> None:
        """Something that `up.json` says has changed, or is true for the first time."""
        if self._leaving:
            self._finish_if_alone()
            return
        if not self._was_ready:
            hopeless = max(self._keeper.deaths_in_a_row, *(service.deaths_in_a_row for service in self._services))
            if hopeless >= HOPELESS_DEATHS:
                self._give_up(ExitCode.TROUBLE_FOUND)
                return
            if not self._readiness.answered or self._keeper.keeper is None:
                return
        if self._write_up_file() and not self._was_ready:
            self._was_ready = True
            self._greet()
            self._api_watch.begin()
            self._notifier_watch.begin()
            if self._is_demo_wanted:
                self._demo = Helper(self._loop, "demo", self._options, lambda _, answer: self._tell(answer), say)

    @property
    def _is_demo_wanted(self) -> bool:
        return self._options.samples and Path(self._options.demo_marker).exists()

    def _write_up_file(self) -> bool:
        """Whether it could be written; if not, it is tried again soon and the old one stays as it was."""
        pids = {service.name: service.pid for service in self._services}
        pids["keeper"] = self._keeper.keeper.pid if self._keeper.keeper else None
        text = json.dumps({"url": self._url, "api_key": self._key, "pids": pids}) + "\n"
        try:
            write_private(self._options.up_file, text)
        except OSError as error:
            if not self._up_file_is_late:
                say(f"{self._options.up_file} cannot be written ({error.strerror}); trying again until it can.")
                self._up_file_is_late = True
            if not self._will_write_again:
                self._will_write_again = True
                self._loop.call_later(WRITE_AGAIN_SECONDS, self._write_again)
            return False
        self._up_file_is_late = False
        return True

    def _write_again(self) -> None:
        self._will_write_again = False
        if self._up_file_is_late:
            self._changed()

    def _greet(self) -> None:
        keeper, data, logs = self._keeper.keeper, self._options.data, self._options.logs
        assert keeper is not None
        say(f"Addon Portal {__version__} is ready at {self._url}")
        for service in self._services:
            say(f"  {service.name:10}  pid {service.pid}, output in {log_path(logs, service.name)}")
        say(f"  keeper      pid {keeper.pid}, started at {keeper.started_at}")
        say(f"  data        {data}")
        say(f"  API key     in {self._options.up_file}")
        if self._is_demo_wanted:
            say(f"  samples     in the tenant demo in a moment, its key in {self._options.demo_key}")
        say(f"Log in at the page, once, within {self._options.login_link_minutes:g} minutes of the start:")
        say(f"  {'' if self._options.public_url else self._url}{self._login_link}")
        say(f"For another link: addon-portal login-link --data {quote(data)}")
        say(f"Go on in another terminal: addon-portal run --data {quote(data)} --name hello -- sh -c 'echo hello'")
        what = "stops all runs, then the portal." if self._options.stop_runs_at_end else "ends the portal; runs go on."
        say(f"Ctrl-C {what}")

    # Children

    def _reap(self) -> None:
        """Everything that ended: as PID 1 of a container every orphan is ours to reap."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if any(helper.is_mine(pid, status) for helper in self._helpers):
                continue
            for service in self._all_services:
                if service.pid == pid:
                    service.has_ended(status)

    # Leaving

    def _asked_to_leave(self, number: int) -> None:
        if self._leaving:
            self._insist()
            return
        say(f"Got {signal.Signals(number).name}, leaving.")
        preparing = self._helper is not None and self._helper.is_busy
        self._begin_to_leave()
        if preparing:
            self._insist()
        elif self._options.stop_runs_at_end:
            self._api.leave()
            self._ask_helper("stopping", self._runs_were_stopped)
        else:
            self._leave_services()
            self._ask_helper("remaining", lambda _, answer: self._tell(answer))

    def _begin_to_leave(self) -> None:
        self._leaving = True
        if self._demo is not None:
            self._demo.kill()  # the next `up` makes it
        self._readiness.cancel()
        self._api_watch.cancel()
        self._notifier_watch.cancel()
        self._keeper.leave_it()
        self._listener.close()

    def _leave_services(self) -> None:
        for service in self._all_services:
            service.leave()
        self._loop.call_later(PATIENCE_SECONDS, self._insist)

    def _give_up(self, result: int) -> None:
        self._result = result
        if self._was_ready or result == ExitCode.TROUBLE_FOUND:
            say("The portal cannot be kept going.", sys.stderr)
        self._begin_to_leave()
        self._leave_services()
        self._finish_if_alone()

    def _runs_were_stopped(self, status: int, answer: str) -> None:
        some_are_left = os.WIFEXITED(status) and os.WEXITSTATUS(status) == ExitCode.NOT_FINISHED
        if status == 0 or some_are_left:
            self._waits_for_keeper = not some_are_left
            self._keeper.ask_to_leave()
        else:
            say("The runs could not be stopped; they go on.")
        if status != 0:
            self._result = ExitCode.TROUBLE_FOUND
        self._leave_services()
        self._tell(answer)

    def _tell(self, answer: str) -> None:
        for line in answer.splitlines():
            say(line)
        if self._leaving:
            self._finish_if_alone()

    def _insist(self) -> None:
        """A second signal, or patience is over: what is ours ends now. Runs go on."""
        self._waits_for_keeper = False
        for helper in self._helpers:
            helper.kill()
        for service in self._all_services:
            service.leave(signal.SIGKILL)
        self._finish_if_alone()

    def _finish_if_alone(self) -> None:
        helping = any(helper.is_busy for helper in self._helpers)
        waiting = self._waits_for_keeper and self._keeper.keeper is not None
        if not helping and not waiting and all(service.pid is None for service in self._all_services):
            self._loop.finish(self._result)


def say(sentence: str, stream: TextIO | None = None) -> None:
    """One line for whoever started `up`; nobody may be listening any more."""
    with suppress(OSError, ValueError):
        print(sentence, file=stream or sys.stdout, flush=True)
