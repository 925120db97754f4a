"""The sender as a process of its own, started and killed as a test likes."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from addon_portal.cli.upkeep.options import NOTIFIER_OPTIONS
from tests.support.nursery import Forked

QUICKLY = (0.05, 0.1, 0.2, *([0.3] * 60))
"""Retries that a test can wait for."""


@dataclass
class Notifier:
    """Senders of one data directory, one after the other."""

    data: Path
    database_url: str
    host_id: str
    options: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    """What else it finds in its environment."""
    _process: "subprocess.Popen[bytes] | None" = None

    def start(self, faultpoints: Mapping[str, str] | None = None, **more: object) -> None:
        """Start one; it works without any further word."""
        told = {
            "data_dir": str(self.data),
            "database_url": self.database_url,
            "host_id": self.host_id,
            "allow_private": True,
            "timeout_seconds": 5.0,
            "retry_seconds": QUICKLY,
            **self.options,
            **more,
        }
        ours = {name: text for name, text in os.environ.items() if not name.startswith("ADDON_PORTAL_")}
        environment = {
            **ours,
            **self.variables,
            NOTIFIER_OPTIONS: json.dumps(told),
            "ADDON_PORTAL_FAULTPOINTS": json.dumps(dict(faultpoints or {})),
        }
        with self.log_file.open("ab") as log:
            self._process = Forked[bytes](
                [sys.executable, "-m", "addon_portal.cli.commands.notify"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @property
    def log_file(self) -> Path:
        """What all of them have logged."""
        return self.data / "notifier.log"

    def kill(self) -> None:
        """End it as the kernel does when memory runs out."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)
        self._process = None

    def wait(self) -> int:
        """Wait until it ends by itself; its exit code."""
        assert self._process is not None
        code = self._process.wait(20)
        self._process = None
        return code

    def end(self) -> None:
        """Ask it to leave; nothing if there is none."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            assert self.wait() == 0, self.log_file.read_text()
