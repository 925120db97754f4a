"""What a run executes: its argv, environment and record of intent, made from definition, program and request.

Pure, so that the same run always gives the same command. Leaves writing it to disk to `executors`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from addon_portal.domain.clock import to_text
from addon_portal.domain.models import Definition, Program, Run, Tenant
from addon_portal.domain.programs import fill_argv
from addon_portal.domain.terms import StallBy, terms_to_json

SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, slots=True)
class LaunchFacts:
    """All rows that one launch depends on."""

    run: Run
    definition: Definition
    program: Program | None
    project_name: str
    tenant: Tenant

    @property
    def parameters(self) -> Mapping[str, object]:
        """The definition's parameters with those of the request over them."""
        return {**self.definition.parameters, **self.run.parameters}

    @property
    def environment(self) -> Mapping[str, str]:
        """The program's variables with those of definition and request over them."""
        program = self.program.env if self.program else {}
        return {**program, **self.definition.env, **self.run.env}


def argv(facts: LaunchFacts) -> list[str]:
    """The command: the project's own, or the program's template with `{name}` filled from the parameters.

    Raises KeyError for a template that names a parameter which is not given.
    """
    if facts.program is None:
        return list(facts.definition.command or ())
    return list(fill_argv(facts.program.argv, facts.parameters))


def environment(facts: LaunchFacts, home: str) -> dict[str, str]:
    """The whole environment of the program: nothing of ours is inherited."""
    run = facts.run
    clean = {"PATH": SEARCH_PATH, "LANG": "C.UTF-8", "HOME": home, "PYTHONUNBUFFERED": "1"}
    own = {
        "ADDON_PORTAL_RUN_ID": run.id,
        "ADDON_PORTAL_PROJECT_ID": run.project_id,
        "ADDON_PORTAL_PROJECT_NAME": facts.project_name,
        "ADDON_PORTAL_RESTART_COUNT": str(run.restart_count),
        "ADDON_PORTAL_PARAMETERS": json.dumps(dict(facts.parameters), ensure_ascii=False, separators=(",", ":")),
    }
    stall = facts.definition.terms.stall
    if stall is not None and stall.by is not StallBy.OUTPUT:
        own["WATCHDOG_USEC"] = str(int(stall.seconds * 1_000_000))  # sd_watchdog_enabled(3)
    if run.restart_of is not None:
        own["ADDON_PORTAL_RESTART_OF"] = run.restart_of
    return {**clean, **facts.environment, **own}


def spec(facts: LaunchFacts, installation: str, cwd: str, log_limit_bytes: int = 0) -> dict[str, object]:
    """`spec.json`: all that the shim needs, and all that rebuilds the rows if the database is lost.

    `log_limit_bytes` is the installation's, which holds where the definition says nothing; 0 is no limit.
    """
    run, definition = facts.run, facts.definition
    own_limit = definition.terms.log_limit_bytes
    return {
        "installation": installation,
        "host": run.host_id,
        "tenant": run.tenant_id,
        "tenant_name": facts.tenant.name,
        "project": run.project_id,
        "project_name": facts.project_name,
        "number": run.number,
        "definition": {
            "version": definition.version,
            "command": definition.command,
            "program": definition.program_id,
            "parameters": dict(definition.parameters),
            "env_names": sorted(definition.env),
            "working_directory": definition.working_directory,
            "code": definition.code and definition.code.to_record(),
        },
        "parameters": dict(run.parameters),
        "note": run.note,
        "workspace": run.workspace,
        "restart_of": run.restart_of,
        "root_run": run.root_run,
        "restart_count": run.restart_count,
        "requested_at": to_text(run.requested_at),
        "requested_by": run.requested_by,
        "argv": argv(facts),
        "cwd": cwd,
        "uid": None,
        "gid": None,
        "stop": {"signal": definition.stop.signal, "grace_seconds": definition.stop.grace_seconds},
        "log_limit_bytes": log_limit_bytes if own_limit is None else own_limit,
        "terminal": definition.terms.terminal,
        "terms": terms_to_json(definition.terms),
    }
