"""What programs say of themselves, without the values of their environment: hidden before it is written anywhere."""

from dataclasses import replace

from addon_portal.domain.errors import NotFound
from addon_portal.domain.ids import RunId
from addon_portal.domain.records import NotifyRecord
from addon_portal.evidence.masking import NOTHING_HIDDEN, Mask
from addon_portal.storage import Storage


class Discretion:
    """Remembers what is to be hidden for each run that has said something in words."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._masks: dict[RunId, Mask] = {}

    def hide(self, run_id: RunId, said: NotifyRecord) -> NotifyRecord:
        """The same with the run's secrets as stars. Raises StorageError."""
        if not said.status:
            return said
        if run_id not in self._masks:
            self._masks[run_id] = self._mask_of(run_id)
        return replace(said, status=self._masks[run_id].hide_text(said.status))

    def forget(self, run_id: RunId) -> None:
        """It says nothing any more."""
        self._masks.pop(run_id, None)

    def _mask_of(self, run_id: RunId) -> Mask:
        try:
            with self._storage.read() as uow:
                return Mask(uow.host_runs.launch_order(run_id).environment.values())
        except NotFound:
            return NOTHING_HIDDEN  # The database was replaced by an older one, and with it what there was to hide.
