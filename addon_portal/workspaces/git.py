"""Fetching one commit with git, from somebody's server, without letting that server or its files do anything here.

Nothing is ever checked out: the commit is fetched into a bare repository and written as a tar, so that no hook, filter
or submodule runs, and what comes out is unpacked like any other archive. Git finds no configuration, no credential and
no terminal; every process of it ends at a time and writes files of a bounded size, also when nobody is left to see to
it. Leaves which addresses are let in to `domain.git_sources`.
"""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from addon_portal.domain.git_sources import GitSource
from addon_portal.domain.launch import SEARCH_PATH
from addon_portal.workspaces.limits import CodeLimits

FETCH_SECONDS = 300
_HEADER_BYTES = 2048
"""What an entry takes in a tar beside its content."""
_MOST_SAID = 500
_OPTIONS = (
    *("-c", "core.hooksPath=/dev/null", "-c", "core.bigFileThreshold=8m", "-c", "core.fsmonitor=false"),
    *("-c", "fetch.unpackLimit=1", "-c", "fetch.fsckObjects=true", "-c", "gc.auto=0", "-c", "maintenance.auto=false"),
    *("-c", "http.followRedirects=false", "-c", "http.lowSpeedLimit=1000", "-c", "http.lowSpeedTime=30"),
    *("-c", "credential.helper=", "-c", "submodule.recurse=false", "-c", "tar.umask=0022"),
)
_WAYS_OUT = (
    *("https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"),
    "GIT_SSL_CAINFO",
)
"""Variables of ours that git gets: by which proxy it reaches servers, and whose certificates it believes."""
_LIMITED = 'ulimit -f "$1" && ulimit -c 0 && shift && exec "$@"'
"""A shell's way to bound what its successor may write; in blocks of 512 bytes."""


class GitFailed(Exception):
    """Nothing was fetched; the message says why, for the person who asked."""


@dataclass(frozen=True, slots=True)
class Fetching:
    """One fetch in a directory of its own, which the caller removes."""

    directory: Path
    limits: CodeLimits
    transports: Collection[str]

    def fetch(self, source: GitSource, archive: Path) -> str:
        """Write the files of the commit that is asked for as a tar, and return its id. Raises GitFailed, OSError."""
        repository = str(self.directory / "repository")
        self._git(["init", "-q", "--bare", "--template=", repository], 1 << 20)
        inside = ["--git-dir", repository]
        wanted = [
            *inside,
            "fetch",
            "-q",
            "--depth=1",
            "--no-tags",
            "--no-recurse-submodules",
            "--",
            source.url,
            source.ref,
        ]
        self._git(wanted, self.limits.upload_bytes)
        commit = self._git(
            [*inside, "rev-parse", "--verify", "--end-of-options", "FETCH_HEAD^{commit}"], 1 << 20
        ).strip()
        if not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", commit):
            raise GitFailed("git found no commit there.")
        most = self.limits.code_bytes + self.limits.entries * _HEADER_BYTES
        self._git([*inside, "archive", "--format=tar", f"--output={archive}", commit], most)
        return commit

    def _git(self, arguments: Sequence[str], most_bytes: int) -> str:
        program = shutil.which("git", path=SEARCH_PATH)
        if program is None:
            raise GitFailed("git is not installed on the portal's host.")
        limit = str(most_bytes // 512 + 1)
        command = ["timeout", "-k", "5", str(FETCH_SECONDS), "sh", "-c", _LIMITED, "git", limit, program]
        done = subprocess.run(
            [*command, *_OPTIONS, *arguments],
            cwd=self.directory,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            start_new_session=True,
            check=False,
        )
        if done.returncode == 0:
            return done.stdout.decode("utf-8", "replace")
        if done.returncode in {124, 128 + signal.SIGKILL}:
            raise GitFailed(f"git was not done after {FETCH_SECONDS} s.")
        if self._has_reached(most_bytes):  # Git says in many ways that one of its processes could not write.
            raise GitFailed("What it holds is larger than the operator's limits for code.")
        raise GitFailed(f"git says: {_said(done.stderr) or f'exit code {done.returncode}'}")

    def _has_reached(self, most_bytes: int) -> bool:
        """Whether a file is as large as any may be."""
        sizes = (path.stat().st_size for path in self.directory.rglob("*") if path.is_file())
        return any(size >= most_bytes for size in sizes)

    def _environment(self) -> dict[str, str]:
        # git does not know the variable that everything else here goes by.
        ours = {"GIT_SSL_CAINFO": os.environ.get("SSL_CERT_FILE", ""), **os.environ}
        return {
            **{name: ours[name] for name in _WAYS_OUT if ours.get(name)},
            "PATH": SEARCH_PATH,
            "HOME": str(self.directory),
            "LC_ALL": "C",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "false",
            "SSH_ASKPASS": "false",
            "GIT_SSH_COMMAND": "ssh -oBatchMode=yes -oConnectTimeout=20",
            "GIT_ALLOW_PROTOCOL": ":".join(self.transports),
            "GIT_PROTOCOL_FROM_USER": "0",
            "GIT_ATTR_NOSYSTEM": "1",
        }


def _said(text: bytes) -> str:
    """The last of what git said, as one line."""
    lines = [line.strip() for line in text.decode("utf-8", "replace").splitlines() if line.strip()]
    return " ".join(lines)[-_MOST_SAID:]
