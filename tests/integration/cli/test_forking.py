"""Parts of `up` are forks of it that have nothing of it but its modules."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.cli.installed import Portal
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow

FORK = """
import json, os, signal, sys
from addon_portal.cli.upkeep.forking import fork

def tell():
    print(json.dumps({
        "descriptors": sorted(int(name) for name in os.listdir("/proc/self/fd")),
        "environment": dict(os.environ),
        "wakes": signal.set_wakeup_fd(-1),
        "handlers": [signal.getsignal(number) == signal.SIG_DFL for number in (signal.SIGTERM, signal.SIGCHLD)],
        "blocked": len(signal.pthread_sigmask(signal.SIG_BLOCK, ())),
        "leads_its_group": os.getpgrp() == os.getpid(),
        "reads": os.read(0, 10).decode(),
    }))
    return 7

reader, writer = os.pipe()
os.set_blocking(writer, False)
signal.set_wakeup_fd(writer)
signal.signal(signal.SIGTERM, lambda *_: None)
kept = os.open("/dev/null", os.O_RDONLY)
pid = fork("part of a test", tell, {"ONLY": "this"}, inherited={"KEPT": kept})
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status))
"""
FAIL = """
import os
from addon_portal.cli.upkeep.forking import fork
pid = fork("failing", lambda: 1 // 0, {})
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""
NAMED = """
import sys
from addon_portal.cli.upkeep.forking import call_this_process
call_this_process(sys.argv[1])
print(open("/proc/self/cmdline", "rb").read().rstrip(b"\\0").decode())
print(open("/proc/self/comm").read().strip())
"""


def python(code: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run some code to its end."""
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, input="for the parent", timeout=60)


def test_a_fork_has_its_own_descriptors_signals_and_environment() -> None:
    done = python(FORK)
    assert done.returncode == 7, done.stderr
    told = json.loads(done.stdout)
    kept = int(told["environment"].pop("KEPT"))
    assert told["environment"] == {"ONLY": "this"}
    assert told["descriptors"] == [0, 1, 2, 3, kept], "3 is the one that lists them"
    assert (told["wakes"], told["blocked"], told["leads_its_group"], told["reads"]) == (-1, 0, True, "")
    assert told["handlers"] == [True, True]


def test_a_fork_that_fails_says_why_and_never_goes_on_as_its_parent() -> None:
    done = python(FAIL)
    assert done.stdout == "1\n"
    assert "ZeroDivisionError" in done.stderr


def test_a_process_is_called_what_it_is_and_nothing_of_its_arguments_is_left() -> None:
    assert python(NAMED, "short", "secret " * 10).stdout.splitlines() == ["addon-portal short", "portal-short"]
    long = python(NAMED, "x" * 5000).stdout.splitlines()
    assert long[0].startswith("addon-portal xxx")
    assert len(long[1]) == 15


def test_parts_are_named_and_an_api_is_back_without_importing_anything(own_portal: Portal) -> None:
    own_portal.anew = True
    own_portal.start("--no-samples")
    pids = own_portal.up_file()["pids"]
    for part in ("api", "supervisor"):
        assert Path(f"/proc/{pids[part]}/cmdline").read_bytes().startswith(f"addon-portal {part} ".encode())
    os.kill(pids["api"], signal.SIGKILL)
    api = wait_until(lambda: (pid := own_portal.pid_of("api")) != pids["api"] and pid, "another api")
    assert own_portal.call("status").returncode == 0
    maps = Path(f"/proc/{api}/smaps_rollup").read_text().split()
    shared = int(maps[maps.index("Shared_Dirty:") + 1]) + int(maps[maps.index("Shared_Clean:") + 1])
    assert shared > int(maps[maps.index("Rss:") + 1]) / 2, "it has most of its memory in common with `up`"
