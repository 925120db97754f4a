"""The helper that makes a data directory ready for `up`: checks the disk, upgrades the tables, makes the first key.

Prints one JSON object for `up`; what is in the way goes to standard error as a sentence, with the exit code that `up`
ends with.
"""

import json
import sys

from addon_portal.api.services.issuing import add_link
from addon_portal.auth.policies import scope_for_setup
from addon_portal.cli.dead_keepers import remove_dead_keepers
from addon_portal.cli.errors import CommandFailed, InstallationTrouble
from addon_portal.cli.exit_codes import ExitCode
from addon_portal.cli.login_links import address_of, user_name
from addon_portal.cli.output import counted
from addon_portal.cli.samples import add_samples
from addon_portal.cli.setup import ensure_operator_key, make_directories, prepare_host, remember_database, upgrade
from addon_portal.cli.upkeep.options import UpOptions
from addon_portal.domain.clock import SystemClock
from addon_portal.domain.ids import HostId
from addon_portal.domain.models import Role
from addon_portal.executors.host_features import storage_features
from addon_portal.storage import Storage, StorageError
from addon_portal.storage.outbox import Outbox
from addon_portal.supervisor.options import SupervisorOptions


def prepare(options: UpOptions) -> dict[str, object]:
    """Do everything; returns what `up` has to know. Raises CommandFailed and StorageError."""
    told = SupervisorOptions(**json.loads(options.supervisor))
    notes = _check_disk(told)
    make_directories(told.data)
    if told.data.root.stat().st_mode & 0o077:
        notes.append(f"Note: others may read {told.data.root}. Close it with: chmod 700 {told.data.root}")
    clock = SystemClock()
    storage = Storage.open(told.database_url, clock=clock)
    try:
        upgrade(storage, told.data)
        warning = prepare_host(storage, told.data, HostId(told.host_id), told.host_name)
        remember_database(storage, told.data, told.database_url)
        notes += [f"Note: {warning}"] if warning else []
        remove_dead_keepers(storage, told.data, HostId(told.host_id), clock)
        first = ensure_operator_key(storage, told.data, clock)
        if first.is_first:
            notes.append(f"First start: made the tenant {first.tenant.name} with an operator's key.")
            if options.samples:
                add_samples(storage, first.tenant, clock.now())
                told.data.demo_marker.touch()
        with storage.read() as uow:
            if Outbox(uow).has_webhooks():
                told.data.notifier_marker.touch()
            active = len(uow.host_runs.list_claimed(HostId(told.host_id)))
        if active:
            notes.append(f"{counted(active, 'run')} had not ended when a supervisor last looked; it looks again.")
        with storage.write() as uow:
            minutes = options.login_link_minutes
            _, link = add_link(uow, scope_for_setup(first.tenant), user_name(), Role.OPERATOR, clock.now(), minutes)
    finally:
        storage.close()
    return {"api_key": first.text, "login_link": address_of(options.public_url or "", link), "notes": notes}


def _check_disk(told: SupervisorOptions) -> list[str]:
    notes = []
    for feature in storage_features(told.data.root):
        if feature.verdict == "problem":
            raise InstallationTrouble(f"{told.data.root}: {feature.found}. {feature.instead.capitalize()}.")
        if feature.verdict == "fallback":
            notes.append(f"Note: {told.data.root}: {feature.found}; {feature.instead}.")
    return notes


def main(options: UpOptions) -> int:
    """Prepare and print the answer."""
    try:
        answer = prepare(options)
    except (StorageError, CommandFailed) as problem:
        print(f"addon-portal: {problem}", file=sys.stderr)
        return ExitCode.INSTALLATION
    except OSError as error:
        print(f"addon-portal: {error.filename or ''}: {error.strerror or error}.", file=sys.stderr)
        return ExitCode.INSTALLATION
    print(json.dumps(answer))
    return ExitCode.OK
