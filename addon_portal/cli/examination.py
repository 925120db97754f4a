"""What `doctor` looks at: the host's abilities, then the portal on it. Reads only, and makes nothing.

A finding is `ok`, `fallback` (a weaker means is used), `note` (worth knowing) or `problem` (promises cannot be kept).
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import islice
from shlex import quote

from addon_portal.cli.answering import ANSWER_SECONDS, ask_ready, keeper_answers
from addon_portal.cli.errors import CommandFailed
from addon_portal.cli.options import has_portal, opened_storage
from addon_portal.cli.stopping import is_out_of_reach, list_active
from addon_portal.cli.suggestions import how_to_start, suggest
from addon_portal.cli.upkeep import keepers
from addon_portal.cli.upkeep.locks import is_held, read_pid
from addon_portal.config import Settings
from addon_portal.domain.clock import SystemClock, to_text
from addon_portal.domain.data_directory import RUN_ROOT_MARKER
from addon_portal.domain.errors import NotFound
from addon_portal.domain.health import UNREACHABLE_AFTER
from addon_portal.domain.ids import HostId, RunId, has_form
from addon_portal.executors.host_features import detect
from addon_portal.storage import Storage
from addon_portal.validation import without_password

_AT_ONCE = 500
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact, and what it means: the guarantee it buys, or what follows where it does not hold."""

    code: str
    verdict: str
    found: str
    means: str

    def to_json(self) -> dict[str, str]:
        """For programs."""
        return asdict(self)


def examine(settings: Settings) -> list[Finding]:
    """Everything, in the order in which things depend on one another."""
    findings = [
        Finding(feature.code, feature.verdict, feature.found, feature.buys if feature.holds else feature.instead)
        for feature in detect(settings.data_dir, settings.process_identity, settings.control_groups)
    ]
    if not has_portal(settings):
        means = "`addon-portal up` makes one, or for services `addon-portal db upgrade`; name another one with --data"
        return [*findings, Finding("portal", "note", f"there is no portal in {settings.data_dir} yet", means)]
    findings.append(_look_at_mode(settings))
    try:
        with opened_storage(settings) as storage:
            storage.check_schema()
            findings.append(
                Finding("database", "ok", without_password(settings.database), "its tables are those of this version")
            )
            findings += _look_at_portal(settings, storage)
    except CommandFailed as failure:
        findings.append(Finding("database", "problem", failure.message, "nothing can be requested or recorded"))
        findings.append(_look_at_keeper(settings, is_held(str(settings.data.supervisor_lock))))
    return [*findings, *_look_at_api(settings)]


def _look_at_mode(settings: Settings) -> Finding:
    mode = settings.data_dir.stat().st_mode & 0o777
    return Finding(
        "data_directory",
        "ok" if not mode & 0o077 else "note",
        f"{settings.data_dir}, mode {mode:04o}",
        "only its owner can read keys, output and evidence"
        if not mode & 0o077
        else f"others can get in; close it with: chmod 700 {quote(str(settings.data_dir))}",
    )


def _look_at_portal(settings: Settings, storage: Storage) -> Iterator[Finding]:
    host_id = _host_id_of(settings)
    if host_id is None:
        yield Finding(
            "host", "note", "this data directory has no host identity yet", "its first supervisor gives it one"
        )
        return
    with storage.read() as uow:
        active = list_active(uow, host_id)
        try:
            host = uow.hosts.get(host_id)
        except NotFound:
            host = None
    observed_at = host.observed_at if host else None
    counted = Counter(run.state.value for run in active)
    supervised = is_held(str(settings.data.supervisor_lock))
    age = SystemClock().now() - observed_at if observed_at else None
    yield _look_at_supervisor(settings, supervised, bool(active), age)
    yield _look_at_keeper(settings, supervised)
    if host is not None and host.drained_at is not None:
        found = f"{host.drained_by} began maintenance at {to_text(host.drained_at)}"
        yield Finding("drain", "note", found, "nothing is started; end it with: addon-portal drain off")
    yield _look_at_marker(settings, storage, host_id, bool(active))
    yield _look_for_strangers(settings, storage)
    away = [run for run in active if is_out_of_reach(run)]
    found = ", ".join(f"{number} {state}" for state, number in sorted(counted.items())) or "none"
    if away:
        named = ", ".join(run.id for run in away[:_NAMED]) + (", ..." if len(away) > _NAMED else "")
        found += f"; {len(away)} of them cannot be reached: {named}"
    means = away[0].condition_detail if away else None
    yield Finding(
        "active_runs",
        "problem" if away else "ok",
        found,
        means or ("nobody can look at them" if away else "runs of this host that can still move"),
    )


def _host_id_of(settings: Settings) -> HostId | None:
    """As `config.ensure_host_id` without making one."""
    if settings.host_id is not None:
        return HostId(settings.host_id)
    try:
        return HostId(json.loads(settings.data.host_file.read_text())["host_id"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _look_at_supervisor(settings: Settings, supervised: bool, needed: bool, age: timedelta | None) -> Finding:
    if not supervised:
        means = (
            f"active runs are shown as unreachable and none is started until one lives: {how_to_start('supervisor')}"
        )
        return Finding("supervisor", "problem" if needed else "note", "no supervisor lives here", means)
    pid = read_pid(str(settings.data.supervisor_lock))
    seen = "it has not finished a look at its runs yet" if age is None else f"its last look began {_seconds(age)} ago"
    late = age is None or age > UNREACHABLE_AFTER
    return Finding(
        "supervisor",
        "problem" if late else "ok",
        f"pid {pid}; {seen}",
        "what is said of active runs is as of then" if late else "ends of programs are seen as they happen",
    )


def _look_at_keeper(settings: Settings, supervised: bool) -> Finding:
    living = keepers.find_living(str(settings.data.keepers))
    leaving = [keeper for keeper in living if keeper.is_leaving]
    silent = [keeper for keeper in living if not keeper_answers(keeper.directory)]
    for keeper in living:
        keeper.close()
    found = ", ".join(
        f"pid {keeper.pid} since {keeper.started_at}"
        + (", leaving" if keeper in leaving else "")
        + (f", does not answer within {ANSWER_SECONDS:g} s" if keeper in silent else "")
        for keeper in living
    )
    if silent:
        means = "nothing can be started until it answers: is it frozen (SIGSTOP), or the machine overloaded?"
        return Finding("keeper", "problem", found, means)
    if len(living) > len(leaving):
        return Finding("keeper", "ok", found, "starts shims, and knows the true end of a program whose shim was killed")
    means = f"nothing can be started until one lives: {how_to_start('keeper')}"
    return Finding("keeper", "problem" if supervised else "note", found or "no keeper lives here", means)


def _look_at_api(settings: Settings) -> Iterator[Finding]:
    """By `up.json`: of an API that somebody else keeps it is not known where it listens."""
    try:
        known = json.loads(settings.data.up_file.read_text())
        url, pid = str(known["url"]), known["pids"]["api"]
    except FileNotFoundError:
        return
    except (OSError, ValueError, LookupError, TypeError) as error:
        yield Finding("api", "note", f"{settings.data.up_file} cannot be read: {error}", "the API was not asked")
        return
    if not is_held(str(settings.data.up_lock)):
        means = f"it was killed; start it again with: {suggest('up')}"
        yield Finding("api", "note", f"no portal is up here, though {settings.data.up_file} is left of one", means)
    elif wrong := ask_ready(url):
        means = f"nobody can ask or see anything; it says why in {settings.data.logs / 'api.log'}"
        yield Finding("api", "problem", f"{url} (pid {pid}) {wrong}", means)
    else:
        yield Finding("api", "ok", f"{url} (pid {pid}) is ready", "requests are answered")


def _look_at_marker(settings: Settings, storage: Storage, host_id: HostId, needed: bool) -> Finding:
    marker = settings.data.run_root_marker
    try:
        found = json.loads(marker.read_text())
    except FileNotFoundError:
        means = "is the file system of the runs mounted? Until it is back nothing is started and runs are unreachable"
        return Finding("run_root", "problem" if needed else "note", f"{marker} is missing", means)
    except (OSError, ValueError) as error:
        return Finding("run_root", "problem", f"{marker} cannot be read: {error}", "the run root cannot be told ours")
    if found.get("installation") != storage.installation_id or found.get("host") != host_id:
        means = "use the database and the data directory that belong together"
        return Finding("run_root", "problem", f"{marker} names another installation or host", means)
    return Finding("run_root", "ok", f"{settings.data.run_root} carries our marker", "it is mounted, and ours")


def _look_for_strangers(settings: Settings, storage: Storage) -> Finding:
    """Run directories that the database does not know: from before a backup was restored, or put there by somebody."""
    names = _directory_names(settings)
    strangers = [name for name in names if not has_form("run_", name)]
    runs = iter([name for name in names if has_form("run_", name)])
    with storage.read() as uow:
        while some := [RunId(name) for name in islice(runs, _AT_ONCE)]:
            strangers += sorted(set(some) - uow.host_runs.known_ids(some))
    if not strangers:
        return Finding("run_directories", "ok", f"{len(names)}, all known", "every piece of evidence belongs to a run")
    named = ", ".join(strangers[:_NAMED]) + (", ..." if len(strangers) > _NAMED else "")
    means = "the supervisor takes runs in that the database has lost; what it cannot take in is left alone"
    return Finding(
        "run_directories", "note", f"{len(strangers)} of {len(names)} are not in the database: {named}", means
    )


def _directory_names(settings: Settings) -> list[str]:
    try:
        return [entry.name for entry in settings.data.run_root.iterdir() if entry.name != RUN_ROOT_MARKER]
    except FileNotFoundError:
        return []


def _seconds(age: timedelta) -> str:
    return f"{max(0.0, age.total_seconds()):.1f} s"
