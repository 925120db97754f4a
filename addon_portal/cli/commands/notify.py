"""Composition root of the sender: `python -m addon_portal.cli.commands.notify`, options in the environment.

Imports no settings and no web framework, so that it starts quickly and stays small.
"""

import json
import os
import sys

from addon_portal import __version__
from addon_portal.cli.allocator import keep_freed_memory
from addon_portal.cli.exit_codes import ExitCode
from addon_portal.cli.inheritance import log_file, parent_descriptor, wait_for_start
from addon_portal.cli.logs import configure_logging
from addon_portal.cli.upkeep.locks import LockTaken, take_lock
from addon_portal.cli.upkeep.options import NOTIFIER_OPTIONS
from addon_portal.domain.clock import SystemClock
from addon_portal.domain.webhooks import ChannelKind
from addon_portal.notifications.channels.apprise.channel import AppriseChannel
from addon_portal.notifications.channels.base import Channel
from addon_portal.notifications.channels.webhook.channel import WebhookChannel
from addon_portal.notifications.dispatcher import Dispatcher
from addon_portal.notifications.options import NotifierOptions
from addon_portal.storage import Storage, StorageError


def main() -> int:
    """Send until told to leave; returns the exit code."""
    options = NotifierOptions(**json.loads(os.environ.pop(NOTIFIER_OPTIONS)), parent_fd=parent_descriptor())
    configure_logging(options.log_level, options.log_format, log_file())
    keep_freed_memory()
    if not wait_for_start():
        return ExitCode.OK
    try:
        lock = take_lock(str(options.data.notifier_lock))
    except LockTaken as taken:
        print(f"addon-portal: process {taken.pid} already sends for {options.data_dir}.", file=sys.stderr)
        return ExitCode.INSTALLATION
    try:
        return _send(options)
    except StorageError as problem:
        print(f"addon-portal: {problem}", file=sys.stderr)
        return ExitCode.INSTALLATION
    finally:
        os.close(lock)


def _send(options: NotifierOptions) -> int:
    clock = SystemClock()
    storage = Storage.open(options.database_url, clock=clock)
    try:
        storage.check_schema()
        Dispatcher(options, storage, channels_of(options), clock).run()
    finally:
        storage.close()
    return ExitCode.OK


def channels_of(options: NotifierOptions) -> dict[ChannelKind, Channel]:
    """Every way to tell somebody."""
    return {
        ChannelKind.WEBHOOK: WebhookChannel(
            options.timeout_seconds, options.allow_private, f"addon-portal/{__version__}"
        ),
        ChannelKind.APPRISE: AppriseChannel(options.timeout_seconds, options.allow_private),
    }


if __name__ == "__main__":
    sys.exit(main())
