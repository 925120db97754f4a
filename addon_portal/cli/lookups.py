"""Finding projects and runs by what people type: a name, an identifier, or a project for its newest run."""

from typing import Any

from addon_portal.cli.client import PortalClient, path_of
from addon_portal.cli.errors import Refused
from addon_portal.cli.suggestions import suggest, word_for
from addon_portal.domain.ids import has_form

Json = dict[str, Any]


def find_project(client: PortalClient, name_or_id: str) -> Json | None:
    """The project with this identifier or exactly this name."""
    if has_form("prj_", name_or_id):
        try:
            return client.get(path_of("tenant", "projects", name_or_id))
        except Refused as refused:
            if refused.code != "not_found":
                raise
    return next(client.iter_items(path_of("tenant", "projects"), name=name_or_id, limit=1), None)


def get_project(client: PortalClient, name_or_id: str) -> Json:
    """As above. Raises Refused when there is none."""
    project = find_project(client, name_or_id)
    if project is None:
        raise Refused(
            {
                "code": "not_found",
                "detail": f"There is no project {name_or_id!r} here. List them with: {suggest('project', 'list')}",
            }
        )
    return project


def get_run(client: PortalClient, run_or_project: str) -> Json:
    """The run with this identifier, else the newest run of this project. Raises Refused when there is none."""
    if has_form("run_", run_or_project):
        try:
            return client.get(path_of("tenant", "runs", run_or_project))
        except Refused as refused:
            if refused.code != "not_found" or find_project(client, run_or_project) is None:
                raise
    project = get_project(client, run_or_project)
    latest: Json | None = project["latest_run"]
    if latest is None:
        raise Refused(
            {
                "code": "never_run",
                "detail": f"Project {project['name']!r} has never run. "
                f"Run it with: {suggest('run', word_for(project['name'], project['id']))}",
            }
        )
    return latest


def get_webhook(client: PortalClient, name_or_id: str) -> Json:
    """The webhook with this identifier or exactly this name. Raises Refused when there is none."""
    if has_form("whk_", name_or_id):
        return client.get(path_of("tenant", "webhooks", name_or_id))
    webhooks = client.iter_items(path_of("tenant", "webhooks"))
    found = next((webhook for webhook in webhooks if webhook["name"] == name_or_id), None)
    if found is None:
        raise Refused(
            {
                "code": "not_found",
                "detail": f"There is no webhook {name_or_id!r} here. List them with: {suggest('webhook', 'list')}",
            }
        )
    return found
