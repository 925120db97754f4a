"""Where everything of one installation on one host lives on disk.

Pure names: nothing is read or made here. The files of a run directory are described in
`docs/design/run-directory.md`.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from addon_portal.domain.ids import RunId, TenantId

RUN_ROOT_MARKER = ".addon-portal-run-root"


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """The layout below `--data DIR`."""

    root: Path

    @property
    def database(self) -> Path:
        """The embedded database."""
        return self.root / "portal.db"

    @property
    def database_address(self) -> str:
        """Its URL."""
        return f"sqlite:///{quote(str(self.database))}"

    @property
    def database_file(self) -> Path:
        """`{url}`: the database that belongs to this directory, where that is another than the embedded one."""
        return self.root / "database.json"

    @property
    def own_key_file(self) -> Path:
        """The key that `up` hands out in `up.json`, for the commands on this machine. The database has its hash."""
        return self.root / "operator.key"

    @property
    def host_file(self) -> Path:
        """`{host_id}`: which host this directory makes of the machine it is on."""
        return self.root / "host.json"

    @property
    def up_file(self) -> Path:
        """For scripts: address, key and pids of a portal that `up` started."""
        return self.root / "up.json"

    @property
    def up_lock(self) -> Path:
        """Held by `up`; its text is the pid."""
        return self.root / "up.lock"

    @property
    def supervisor_lock(self) -> Path:
        """Held by the one supervisor of this directory; its text is the pid."""
        return self.root / "supervisor.lock"

    @property
    def notifier_lock(self) -> Path:
        """Held by the one sender of messages of this directory; its text is the pid."""
        return self.root / "notifier.lock"

    @property
    def notifier_marker(self) -> Path:
        """There while there may be somebody to be told something: then `up` keeps a sender."""
        return self.root / "notifier.wanted"

    @property
    def demo_marker(self) -> Path:
        """There from the first start on until the tenant demo is made."""
        return self.root / "demo.wanted"

    @property
    def hints(self) -> Path:
        """The FIFO through which shims and keepers wake the supervisor."""
        return self.root / "hints"

    @property
    def wake(self) -> Path:
        """Sockets through which processes with the embedded database wake each other."""
        return self.root / "wake"

    @property
    def keepers(self) -> Path:
        """One directory per keeper, with its lock and socket."""
        return self.root / "keepers"

    @property
    def logs(self) -> Path:
        """The output of our own processes."""
        return self.root / "logs"

    @property
    def run_root(self) -> Path:
        """All run directories, below a marker file that tells an empty one from one that is not mounted."""
        return self.root / "runs"

    @property
    def run_root_marker(self) -> Path:
        """`{installation, host}`."""
        return self.run_root / RUN_ROOT_MARKER

    def run_directory(self, run_id: RunId) -> Path:
        """The evidence of one run."""
        return self.run_root / run_id

    def workspace(self, relative: str) -> Path:
        """The directory that a run starts in unless its project names another; `relative` is `Run.workspace`."""
        return self.root / "workspaces" / relative

    @property
    def uploads(self) -> Path:
        """What is being received and unpacked, one directory each, locked by whoever does it."""
        return self.root / "code" / "incoming"

    def code_version(self, tenant_id: TenantId, digest: str) -> Path:
        """One version of a tenant's code: `tree` with its files, and `code.json`."""
        return self.root / "code" / tenant_id / digest.removeprefix("sha256:")
