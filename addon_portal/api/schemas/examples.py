"""The examples of the documents: of answers, made by the functions that make the answers; of bodies to send."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from addon_portal.api.schemas.projects import project_body
from addon_portal.api.schemas.runs import PROJECT_ID, RUN_ID, run_body, scheduled_restart_body
from addon_portal.api.services.shown import ShownProject, ShownRun
from addon_portal.domain.ids import HostId, ProjectId, RunId, TenantId
from addon_portal.domain.models import Definition, Project, RestartCause, Role, Run, StopSettings
from addon_portal.domain.reasons import Reason, sentence
from addon_portal.domain.restart_policy import POLICY_ACTOR
from addon_portal.domain.restarts import Obstacle, repeat
from addon_portal.domain.states import Health, Outcome, RunState

_AT = datetime(2026, 5, 4, 9, 0, 0, tzinfo=UTC)
_TENANT = TenantId("ten_01k7qz8a1b2c3d4e5f6g7h8j9k")
_PENDING = Run(
    seq=1,
    id=RunId(RUN_ID),
    tenant_id=_TENANT,
    project_id=ProjectId(PROJECT_ID),
    number=1,
    definition_version=1,
    host_id=HostId("hst_01k7qz8a1b2c3d4e5f6g7h8j9k"),
    state=RunState.PENDING,
    requested_at=_AT,
    requested_by="key:ci",
    parameters={"day": 7},
    workspace=f"{PROJECT_ID}/{RUN_ID}",
)
_FAILED = replace(
    _PENDING,
    state=RunState.FAILED,
    claimed_at=_AT + timedelta(milliseconds=3),
    started_at=_AT + timedelta(milliseconds=8),
    ended_at=_AT + timedelta(hours=6),
    finished_at=_AT + timedelta(hours=6, milliseconds=4),
    reason=Reason.EXIT_CODE,
    outcome=Outcome.FAILURE,
    message=sentence(Reason.EXIT_CODE, {"exit_code": 3}),
    exit_code=3,
    tree="proven",
    ending={"facts": {"exit_code": 3, "wait_status": 768}, "source": "shim", "notes": []},
)
_DEFINITION = Definition(1, ("python3", "etl.py", "--full"), None, {"day": 7}, {}, None, StopSettings(), _AT)
_PROJECT = Project(ProjectId(PROJECT_ID), _TENANT, "nightly", _AT, _AT, _DEFINITION)

PENDING_RUN = run_body(
    ShownRun(_PENDING, "nightly", "worker-1", (Health.OK,), _AT, "the supervisor", 1, Obstacle.NOT_ENDED)
)
_SHOWN_FAILED = ShownRun(_FAILED, "nightly", "worker-1", None, None, None, None)
FAILED_RUN = run_body(_SHOWN_FAILED)
SCHEDULED_RESTART = scheduled_restart_body(
    replace(
        repeat(
            _FAILED,
            RunId("run_01k7r0a9t3v5x8y2m4n6p0r1s2"),
            RestartCause.POLICY,
            "restart 1 of 3 by the policy",
            _AT + timedelta(hours=6),
            POLICY_ACTOR,
        ),
        due_at=_AT + timedelta(hours=6, seconds=1),
    )
)
SCHEDULED_RESTARTS: dict[str, object] = {"items": [SCHEDULED_RESTART]}
RUN_PAGE: dict[str, object] = {"items": [FAILED_RUN], "next_cursor": None}
PROJECT = project_body(ShownProject(_PROJECT, _SHOWN_FAILED), Role.MEMBER)
PROJECT_PAGE: dict[str, object] = {"items": [PROJECT], "next_cursor": None}
EVIDENCE: dict[str, object] = {
    "run": FAILED_RUN,
    "sentence": FAILED_RUN["message"],
    "next_step": FAILED_RUN["next_step"],
    "ending": _FAILED.ending,
    "journal": [],
    "directory": f"/var/lib/addon-portal/runs/{RUN_ID}",
    "records": {"exit.json": {"version": 1, "run": RUN_ID, "wait_status": 768, "by": "shim"}},
    "missing": {"stop.json": "no stop has been carried out"},
    "limits": {"pids": {"wanted": 100, "enforced_by": "cgroup", "note": None, "events": {"max": 12}}},
    "output_tail": ["hi", "oops"],
    "output_bytes": 8,
    "output_first_offset": 0,
    "output_dropped": None,
}
COMPARISON: dict[str, object] = {
    "left": FAILED_RUN,
    "right": PENDING_RUN,
    "differences": [
        {
            "part": "definition",
            "field": "command",
            "left": ["python3", "etl.py", "--full"],
            "right": ["python3", "etl.py"],
        },
        {"part": "environment", "field": "TOKEN", "left": "***", "right": None},
        {"part": "result", "field": "exit_code", "left": 3, "right": None},
        {"part": "time", "field": "ran_seconds", "left": 21599.992, "right": None},
    ],
}
LOG: dict[str, object] = {
    "offset": 0,
    "next_offset": 8,
    "size": 8,
    "eof": True,
    "final": True,
    "first_offset": 0,
    "dropped": None,
    "text": "hi\noops\n",
}
LOG_SEARCH: dict[str, object] = {
    "items": [
        {
            "offset": 3,
            "end_offset": 7,
            "line_start": 3,
            "line_end": 7,
            "text": "oops",
            "match_start": 0,
            "match_end": 4,
            "cut": False,
        }
    ],
    "next_from": 5,
    "done": True,
    "final": True,
    "size": 8,
    "first_offset": 0,
}
LOG_TIMES: dict[str, object] = {"items": [{"offset": 0, "at": "2026-05-04T09:00:01.250000Z"}]}
LAST_LINES: dict[str, object] = {"items": [{"run_id": RUN_ID, "text": "row 48211: amount is not a number"}]}
USAGE: dict[str, object] = {
    "run_id": RUN_ID,
    "points": [
        {
            "at": "2026-05-04T09:00:02.000000Z",
            "memory_bytes": 18_350_080,
            "cpu_seconds": 1.9,
            "cpus": 0.95,
            "processes": 1,
            "unsampled_seconds": 0.0,
        }
    ],
    "interval_seconds": 1,
    "memory_from": "processes",
    "cpu_from": "processes",
    "peak_memory_bytes": 18_350_080,
    "cpu_seconds": 1.9,
    "unsampled_since": None,
    "why_nothing": None,
    "final": False,
}
CODE_ASKED: dict[str, object] = {"git": "https://git.example/etl.git", "ref": "main"}
CODE_REQUEST: dict[str, object] = {
    "id": "cdr_01k7qz8a1b2c3d4e5f6g7h8j9k",
    "project_id": PROJECT_ID,
    **CODE_ASKED,
    "requested_at": "2026-05-04T09:00:00.000000Z",
    "requested_by": "key:ci",
    "completed_at": "2026-05-04T09:00:01.200000Z",
    "definition_version": 2,
    "problem": None,
}
FILE: dict[str, object] = {
    "path": "results/day-7.csv",
    "kind": "file",
    "bytes": 48213,
    "executable": False,
    "modified_at": "2026-05-04T14:59:58.000000Z",
    "changed_at": "2026-05-04T14:59:58.000000Z",
}
FILE_PAGE: dict[str, object] = {"of": "workspace", "run_id": RUN_ID, "items": [FILE], "next_cursor": None}
CHANGES: dict[str, object] = {
    "run_id": RUN_ID,
    "since": "2026-05-04T09:00:00.008000Z",
    "until": "2026-05-04T15:00:00.003000Z",
    "continued_by": None,
    "items": [FILE],
    "next_cursor": None,
}
STATUS: dict[str, object] = {
    "projects": 12,
    "active_runs": {"pending": 0, "starting": 0, "running": 3, "stopping": 0},
    "health": {"unreachable": 0, "unsupervised": 0, "finishing": 0, "silent": 0, "overdue": 1, "ok": 2},
    "last_24_hours": {"completed": 118, "failed": 4, "unknown": 0, "cancelled": 1},
    "observed_at": "2026-05-04T09:00:00.000000Z",
    "unreachable": False,
    "failed": [FAILED_RUN],
    "running": [],
    "waiting": [],
}
_DAY: dict[str, object] = {
    "completed": 118,
    "failed": 4,
    "unknown": 0,
    "cancelled": 1,
    "median_seconds": 61.5,
    "p95_seconds": 7210.0,
}
STATS: dict[str, object] = {
    "bucket": "day",
    "since": "2026-05-04T00:00:00.000000Z",
    "until": "2026-05-05T00:00:00.000000Z",
    "project_id": None,
    "total": _DAY,
    "buckets": [{"at": "2026-05-04T00:00:00.000000Z", **_DAY}],
}
EVENTS = 'id: 17\nevent: run\ndata: {"run_id": "…", "state": "running", …}\n\n'
TENANT: dict[str, object] = {
    "id": _TENANT,
    "name": "acme",
    "created_at": "2026-05-04T09:00:00.000000Z",
    "max_concurrent_runs": 8,
    "may_run_own_commands": True,
}
KEY: dict[str, object] = {
    "id": "key_01k7qz8a1b2c3d4e5f6g7h8j9k",
    "tenant_id": _TENANT,
    "name": "ci",
    "role": "member",
    "prefix": "ap_Zk3T0q",
    "created_at": "2026-05-04T09:00:00.000000Z",
    "last_used_at": None,
    "revoked_at": None,
    "is_own": False,
}
ISSUED_KEY = {**KEY, "api_key": "ap_Zk3T0q…"}
PROGRAM: dict[str, object] = {
    "id": "prg_01k7qz8a1b2c3d4e5f6g7h8j9k",
    "name": "etl",
    "argv": ["python3", "etl.py", "--day={day}"],
    "parameters_schema": {"type": "object", "properties": {"day": {"type": "integer"}}, "required": ["day"]},
    "env": {},
    "working_directory": "/srv/etl",
    "created_at": "2026-05-04T09:00:00.000000Z",
}
OFFER: dict[str, object] = {
    "may_run_own_commands": True,
    "items": [{name: PROGRAM[name] for name in ("id", "name", "argv", "parameters_schema")}],
}
HOST: dict[str, object] = {
    "id": "hst_01k7qz8a1b2c3d4e5f6g7h8j9k",
    "name": "worker-1",
    "observed_at": "2026-05-04T09:00:00.000000Z",
    "unreachable": False,
    "supervisor_pid": 4711,
    "max_concurrent_runs": None,
    "drained_at": None,
    "drained_by": None,
}
DRAIN_ASKED: dict[str, object] = {"on": True}
CLEANUP: dict[str, object] = {
    "id": "cln_01k7qz8a1b2c3d4e5f6g7h8j9k",
    "requested_at": "2026-05-04T09:00:00.000000Z",
    "requested_by": "key:ops",
    "completed_at": "2026-05-04T09:00:00.020000Z",
    "report": {"looked_at": 3, "changed": []},
}

RUN_ASKED: dict[str, object] = {"parameters": {"day": 8}, "note": "the day that was missed"}
RESTART_ASKED: dict[str, object] = {"run_id": RUN_ID, "definition": "pinned", "workspace": "keep"}
STOP_ASKED: dict[str, object] = {"run_id": RUN_ID, "grace_seconds": 30, "note": "makes room"}
PROJECT_ASKED: dict[str, object] = {
    "name": "nightly",
    "command": ["python3", "etl.py", "--full"],
    "parameters": {"day": 7},
    "env": {"LANG": "C.UTF-8"},
    "stop": {"signal": "SIGTERM", "grace_seconds": 10},
    "restart_policy": {"mode": "on-failure", "max_restarts": 3, "initial_seconds": 10},
}
TENANT_ASKED: dict[str, object] = {"name": "acme", "max_concurrent_runs": 8, "may_run_own_commands": True}
LIMITS_ASKED: dict[str, object] = {"tenant": "acme", "max_concurrent_runs": 16}
KEY_ASKED: dict[str, object] = {"tenant": "acme", "name": "ci", "role": "member"}
PROGRAM_ASKED = {name: PROGRAM[name] for name in ("name", "argv", "parameters_schema", "env", "working_directory")}
