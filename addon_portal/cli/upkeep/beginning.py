"""Where `up` begins: its directory is locked and its address taken before anything is started."""

import os
import sys
from pathlib import Path
from shlex import quote

from addon_portal.cli.exit_codes import ExitCode
from addon_portal.cli.upkeep.forking import call_this_process
from addon_portal.cli.upkeep.house import House
from addon_portal.cli.upkeep.leftovers import wait_for_leftovers
from addon_portal.cli.upkeep.listening import CannotListen, listen
from addon_portal.cli.upkeep.locks import LockTaken, take_lock
from addon_portal.cli.upkeep.options import UpOptions


def keep_the_portal_up(options: UpOptions) -> int:
    """Lock the directory, take the address, then keep house; returns the exit code."""
    call_this_process(f"up {options.data}")
    try:
        Path(options.logs).mkdir(0o700, parents=True, exist_ok=True)
        lock = take_lock(options.lock_file)
    except LockTaken as taken:
        return refuse(
            f"A portal is already up on {options.data}, with pid {taken.pid}. "
            f"Use it, or end it with: addon-portal down --data {quote(options.data)}"
        )
    except OSError as error:
        return refuse(f"{error.filename}: {error.strerror}. Choose a directory that you may write, with --data.")
    wait_for_leftovers(options.up_file)
    try:
        listener = listen(options.host, options.port)
    except CannotListen as problem:
        return refuse(str(problem))
    try:
        return House(options, listener).run()
    finally:
        os.close(lock)


def refuse(sentence: str) -> int:
    """Say why nothing was started."""
    print(f"addon-portal: {sentence}", file=sys.stderr)
    return ExitCode.INSTALLATION
