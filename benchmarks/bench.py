"""What the measuring functions share: one directory, one portal that is started when the first of them needs it."""

import contextlib
import itertools
from pathlib import Path

from benchmarks.portal import Portal, running_portal


class Bench:
    """One round of measuring. Run directories stay until the end: removing many makes ext4 slow for a while."""

    def __init__(self, directory: Path, *, quick: bool = False) -> None:
        self.directory = directory
        self.quick = quick
        self._stack = contextlib.ExitStack()
        self._portal: Portal | None = None
        self._numbers = itertools.count(1)

    @property
    def portal(self) -> Portal:
        """The shared portal, on the embedded database."""
        if self._portal is None:
            self._portal = self._stack.enter_context(running_portal(self.directory / "portal"))
        return self._portal

    def own_portal(self, database_url: str | None = None) -> contextlib.AbstractContextManager[Portal]:
        """A portal that its user may kill, on a directory of its own."""
        return running_portal(self.directory / f"portal-{next(self._numbers)}", database_url)

    def name(self, stem: str) -> str:
        """A name that nothing else has."""
        return f"{stem}-{next(self._numbers)}"

    def file(self, stem: str) -> Path:
        """A path that nothing else has."""
        return self.directory / self.name(stem)

    def times(self, usual: int, quick: int) -> int:
        """How often to do something."""
        return quick if self.quick else usual

    def close_portal(self) -> None:
        """End the shared portal, so that it does not disturb what does not need it."""
        self._stack.close()
        self._portal = None
