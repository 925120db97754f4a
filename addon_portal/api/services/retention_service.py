"""Having the supervisor remove now what the rules of retention no longer keep, or tell what that would be."""

from addon_portal.api.services.portal import Portal
from addon_portal.domain.ids import RetentionId, new_retention_id
from addon_portal.storage.retentions import RetentionRequest, Retentions

ANSWERED_WITHIN_SECONDS = 5.0


def request_retention(portal: Portal, requested_by: str, *, dry_run: bool) -> RetentionRequest:
    """Ask for a pass. Returns it with its report, or after 5 s without; `get_retention` tells when that is there."""
    now = portal.clock.now()
    request = RetentionRequest(new_retention_id(now), portal.host_id, now, requested_by, dry_run)
    with portal.storage.write() as uow:
        Retentions(uow).insert(request)

    def find_report() -> RetentionRequest | None:
        stored = get_retention(portal, request.id)
        return stored if stored.completed_at is not None else None

    return portal.wakes.wait_for(find_report, ANSWERED_WITHIN_SECONDS) or request


def get_retention(portal: Portal, retention_id: RetentionId) -> RetentionRequest:
    """A pass that was asked for and, once it is over, its report. Raises NotFound."""
    with portal.storage.read() as uow:
        return Retentions(uow).get(retention_id)
