"""Whether pages stay quick when there is much: 10,000 projects and 1,000,000 runs, on both databases.

The rows are made by SQL and belong to a host of their own, whose runs no supervisor looks after. The journal stays
empty: no list reads it.
"""

import contextlib
import sqlite3
import statistics
import time
from collections.abc import Iterator
from typing import Any

import psycopg

from benchmarks.bench import Bench
from benchmarks.portal import Client, Portal
from benchmarks.results import Row, spread
from tests.support.databases import PostgresServer, find_server_programs

HOST = "hst_" + "0" * 26
SPAN_SECONDS = 30 * 86_400
"""The runs ended within so long, one after the other; each took up to 100 seconds."""
ACTIVE = 100
"""So many projects have a run that is running; the newest run of every tenth of the others has failed."""

QUESTIONS = {
    "status": ("status page's numbers and lists", "/api/tenant/status"),
    "stats_day": ("numbers of 24 hours, by the hour", "/api/tenant/stats"),
    "stats_month": ("numbers of 30 days, by the day (all runs)", "/api/tenant/stats?bucket=day"),
    "stats_project": ("numbers of one project's 30 days", "/api/tenant/stats?bucket=day&project_id={project}"),
    "projects": ("first page of the projects", "/api/tenant/projects?limit=50"),
    "runs": ("first page of the failed runs", "/api/tenant/runs?state=failed&limit=50"),
}

AIMED = {"status", "projects", "runs"}
"""What a page shows at once; numbers of a time cost as much as there was in it."""

_PROJECTS = """
    INSERT INTO projects (id, tenant_id, name, name_folded, definition_version, created_at, updated_at)
    SELECT 'prj_' || {padded}, {tenant}, 'project ' || n, 'project ' || n, 1, 1, 1 FROM {series}
"""
_DEFINITIONS = """
    INSERT INTO definitions (project_id, version, command, parameters, env, stop_signal, stop_grace_seconds, created_at)
    SELECT id, 1, '["/bin/true"]', '{{}}', '{{}}', 15, 10, 1 FROM projects
"""
# Round after round, one run of each project; the last round holds the active ones.
_RUNS = """
    INSERT INTO runs (id, tenant_id, project_id, number, definition_version, host_id, state, requested_at, requested_by,
                      parameters, env, workspace, claimed_at, started_at, ended_at, finished_at, reason, outcome,
                      message, exit_code, tree, ending, conditions, restart_count)
    SELECT 'run_' || {padded}, {tenant}, 'prj_' || {project}, n / {projects} + 1, 1, '{host}',
           CASE WHEN {active} THEN 'running' WHEN n % 10 = 0 THEN 'failed' ELSE 'completed' END,
           {ended} - 100000000, 'key:1',
           '{{}}', '{{}}', '', {ended} - 100000000, {ended} - n * 7919 % 100000000,
           CASE WHEN NOT {active} THEN {ended} END,
           CASE WHEN NOT {active} THEN {ended} END,
           CASE WHEN {active} THEN NULL WHEN n % 10 = 0 THEN 'exit_code' ELSE 'succeeded' END,
           CASE WHEN {active} THEN NULL WHEN n % 10 = 0 THEN 'failure' ELSE 'success' END,
           CASE WHEN n % 10 = 0 AND NOT {active} THEN 'The program ended with exit code 1.' END,
           CASE WHEN {active} THEN NULL WHEN n % 10 = 0 THEN 1 ELSE 0 END,
           CASE WHEN NOT {active} THEN 'proven' END,
           CASE WHEN NOT {active} THEN {ending} END, '', 0
    FROM {series}
"""
_HOST = f"INSERT INTO hosts (id, name, observed_at) VALUES ('{HOST}', 'elsewhere', 1)"
_ENDING = '{"by":"shim","wait_status":0,"cpu_user_seconds":0.01,"cpu_system_seconds":0.01,"max_rss_bytes":1000000}'


def measure(bench: Bench) -> list[Row]:
    """The same questions to both; PostgreSQL is left out where its server is not installed."""
    rows = _measure_on(bench, "SQLite", None)
    programs = find_server_programs()
    if programs is None:
        return rows
    with PostgresServer(programs) as server:
        return rows + _measure_on(bench, "PostgreSQL", server.url_of(server.create_database()))


def _measure_on(bench: Bench, database: str, url: str | None) -> list[Row]:
    with bench.own_portal(url) as portal:
        pass  # its tables and its tenant are there now
    projects = bench.times(10_000, 1_000)
    began = time.monotonic()
    with _statements(portal, url) as execute:
        _fill(execute, url is not None, projects, projects * 100)
    filled = time.monotonic() - began
    portal.start()
    try:
        client = portal.client()
        rows = [_ask(bench, client, database, name, projects) for name in QUESTIONS]
        client.close()
    finally:
        portal.end()
    print(f"  ({projects} projects and {projects * 100} runs made on {database} in {filled:.0f} s)", flush=True)
    return rows


def _ask(bench: Bench, client: Client, database: str, name: str, projects: int) -> Row:
    words, path = QUESTIONS[name]
    path = path.format(project="prj_" + "1".zfill(26))
    taken = []
    for _ in range(bench.times(60, 10)):
        began = time.monotonic()
        answer = client.ask("GET", path)
        taken.append((time.monotonic() - began) * 1000)
        _check(answer, projects)
    return Row(
        name=f"{name}_{database.lower()}",
        what=f"{words}, {projects:,} projects and {projects * 100:,} runs, {database}",
        unit="ms",
        direct=None,
        ours=statistics.median(taken),
        aim="≤ 20 ms" if name in AIMED else "–",
        met=statistics.median(taken) <= 20 if name in AIMED else None,
        detail=spread(taken),
    )


def _check(answer: dict[str, Any], projects: int) -> None:
    """That the question was answered with what there is."""
    if "items" in answer:
        assert len(answer["items"]) == 50, answer
    elif "projects" in answer:
        assert answer["projects"] == projects, answer
        assert answer["active_runs"]["running"] == ACTIVE, answer
        assert len(answer["failed"]) == len(answer["running"]) == 10, answer
    else:
        assert answer["total"]["completed"] > 80, answer


class _Execute:
    """One statement after the other, in one transaction."""

    def __init__(self, connection: "sqlite3.Connection | psycopg.Connection") -> None:
        self._connection = connection

    def __call__(self, sql: str) -> None:
        self._connection.execute(sql)


@contextlib.contextmanager
def _statements(portal: Portal, url: str | None) -> Iterator[_Execute]:
    if url is None:
        with contextlib.closing(sqlite3.connect(portal.directory / "portal.db")) as file, file:
            yield _Execute(file)
    else:
        with psycopg.connect(url) as server:
            server.execute("SET session_replication_role = replica")  # no look at every row's foreign keys
            yield _Execute(server)
        with psycopg.connect(url, autocommit=True) as server:
            server.execute("VACUUM (ANALYZE)")  # autovacuum does, a minute after so many new rows


def _fill(execute: _Execute, is_postgres: bool, projects: int, runs: int) -> None:
    def words(count: int) -> dict[str, object]:
        number = "lpad(CAST({} AS text), 26, '0')" if is_postgres else "printf('%026d', {})"
        apart = SPAN_SECONDS * 1_000_000 // runs
        ending = f"CAST('{_ENDING}' AS json)" if is_postgres else f"'{_ENDING}'"
        series = f"generate_series(CAST(0 AS bigint), {count - 1}) AS g(n)" if is_postgres else _series(count)
        return {
            "padded": number.format("n"),
            "project": number.format(f"n % {projects}"),
            "projects": projects,
            "tenant": "(SELECT id FROM tenants LIMIT 1)",
            "host": HOST,
            "active": f"(n >= {runs - ACTIVE})",
            "ended": f"({round(time.time() * 1e6)} - ({runs} - n) * CAST({apart} AS bigint))",
            "ending": ending,
            "series": series,
        }

    execute(_HOST)
    execute(_PROJECTS.format(**words(projects)))
    execute(_DEFINITIONS.format())
    execute(_RUNS.format(**words(runs)))


def _series(count: int) -> str:
    return f"(WITH RECURSIVE g(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM g WHERE n < {count - 1}) SELECT n FROM g)"
