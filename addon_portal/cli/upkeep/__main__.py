"""Entry of the process that `addon-portal up` becomes."""

import os
import sys
from pathlib import Path
from shlex import quote

from addon_portal.cli.upkeep.house import House
from addon_portal.cli.upkeep.leftovers import wait_for_leftovers
from addon_portal.cli.upkeep.listening import CannotListen, listen
from addon_portal.cli.upkeep.locks import LockTaken, take_lock
from addon_portal.cli.upkeep.options import UpOptions

INSTALLATION = 78
"""`ExitCode.INSTALLATION`, which cannot be imported here without a good part of the standard library."""


def main() -> int:
    """Lock the directory, take the address, then keep house."""
    options = UpOptions.from_environment()
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
    return INSTALLATION


if __name__ == "__main__":
    sys.exit(main())
