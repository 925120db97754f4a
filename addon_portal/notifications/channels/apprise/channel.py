"""Handing a message to Apprise, in a process of its own for each.

Apprise takes a second and 30 MiB to load, has hundreds of plug-ins with time-outs of their own, and connects wherever
they like: so it is loaded only where something is to be sent, ended when its time is over, and watched by `child`. The
address travels through a pipe: a command line would show it to everybody on the machine.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass

from addon_portal.domain.messages import for_people
from addon_portal.notifications.channels.base import Answer, Outgoing

_CHILD = "addon_portal.notifications.channels.apprise.child"
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
"""All that the child is given of our environment."""


@dataclass
class AppriseChannel:
    """Sends through Apprise. One object serves all threads."""

    timeout_seconds: float
    allow_private: bool

    def send(self, message: Outgoing) -> Answer:
        """Have a child send title and text; its word says whether that worked."""
        title, text = for_people(json.loads(message.body))
        told = {
            "url": message.url,
            "title": title,
            "text": text,
            "allow_private": self.allow_private,
            "seconds": self.timeout_seconds,
        }
        try:
            done = subprocess.run(
                [sys.executable, "-P", "-B", "-m", _CHILD],
                input=json.dumps(told).encode(),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # plug-ins log addresses
                timeout=self.timeout_seconds,
                check=False,
                env={name: os.environ[name] for name in _KEPT if name in os.environ},
            )
        except subprocess.TimeoutExpired:
            return Answer(error=f"no answer within {self.timeout_seconds:g} s")
        except OSError as error:
            return Answer(error=f"no process to send with: {error.strerror}")
        try:
            said = json.loads(done.stdout)["error"]
        except (ValueError, KeyError, TypeError):
            return Answer(error=f"the process that sends ended with {done.returncode}, without a word")
        return Answer(error=said)
