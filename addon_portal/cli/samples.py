"""The projects that a new portal begins with, so that there is something to run, to fail and to stop."""

from datetime import datetime

from addon_portal.auth.policies import scope_for_setup
from addon_portal.domain.ids import new_project_id
from addon_portal.domain.models import Definition, StopSettings, Tenant
from addon_portal.storage import NewProject, Storage

SAMPLES: dict[str, tuple[str, ...]] = {
    "sample-hello": ("sh", "-c", "echo Hello from the portal.; date -u"),
    "sample-fails": ("sh", "-c", "echo 'working ...'; echo 'cannot find the input' >&2; exit 3"),
    "sample-counts": ("sh", "-c", 'n=0; while [ $n -lt 600 ]; do n=$((n+1)); echo "step $n of 600"; sleep 1; done'),
}


def add_samples(storage: Storage, tenant: Tenant, now: datetime) -> None:
    """Add them all to a tenant that has no projects yet."""
    scope = scope_for_setup(tenant)
    with storage.write() as uow:
        for name, command in SAMPLES.items():
            definition = Definition(1, command, None, {}, {}, None, StopSettings(), now)
            uow.projects.insert(scope, NewProject(new_project_id(now), name, definition, now))
