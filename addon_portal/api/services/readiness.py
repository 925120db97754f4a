"""Whether this process can do its work."""

from addon_portal.api.services.followers import HostChanged
from addon_portal.api.services.portal import Portal
from addon_portal.api.services.run_changes import host_standing
from addon_portal.storage.surroundings import Surroundings


def check_readiness(portal: Portal) -> HostChanged:
    """How the host stands, if the database answers and its tables are this version's. Raises StorageError."""
    portal.storage.check_schema()
    with portal.storage.read() as uow:
        return host_standing(portal, Surroundings(uow).observed_at(portal.host_id))
