"""A run for tests of pure decisions."""

from addon_portal.domain.ids import HostId, ProjectId, RunId, TenantId
from addon_portal.domain.models import Run
from addon_portal.domain.states import RunState
from tests.unit.domain.evidence_factory import STARTED_AT

RUNNING = Run(
    seq=1,
    id=RunId("run_" + "0" * 26),
    tenant_id=TenantId("ten_x"),
    project_id=ProjectId("prj_x"),
    number=1,
    definition_version=1,
    host_id=HostId("hst_x"),
    state=RunState.RUNNING,
    requested_at=STARTED_AT,
    requested_by="key:ada",
    started_at=STARTED_AT,
)
