"""The life of a run: how programs end, and what the books say of it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from addon_portal.domain.models import Run
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import Outcome, RunState
from tests.support.host import SupervisedHost

FAILED, COMPLETED = RunState.FAILED, RunState.COMPLETED


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def shared_host(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SupervisedHost]:
    """One host for the tests of this module, each of which uses projects of its own."""
    url, server, name = None, None, ""
    if request.param == "postgres":
        server = request.getfixturevalue("postgres_server")
        name = server.create_database()
        url = server.url_of(name)
    with SupervisedHost(tmp_path_factory.mktemp("host") / "data", url) as host:
        yield host.start()
    if server is not None:
        server.drop_database(name)


@pytest.mark.parametrize(
    ("script", "state", "reason", "exit_code", "signal", "message"),
    [
        ("exit 0", COMPLETED, Reason.SUCCEEDED, 0, None, "The program ended with exit code 0."),
        ("exit 3", FAILED, Reason.EXIT_CODE, 3, None, "The program ended with exit code 3."),
        ("exit 137", FAILED, Reason.EXIT_CODE, 137, None, "The program ended with exit code 137."),
        (
            *("kill -9 $$", FAILED, Reason.SIGNAL, None, 9),
            "The program was ended by SIGKILL (signal 9); the portal did not send it.",
        ),
        (
            *("kill -15 $$", FAILED, Reason.SIGNAL, None, 15),
            "The program was ended by SIGTERM (signal 15); the portal did not send it.",
        ),
    ],
)
def test_how_a_program_ended_is_told(
    shared_host: SupervisedHost,
    script: str,
    state: RunState,
    reason: Reason,
    exit_code: int | None,
    signal: int | None,
    message: str,
) -> None:
    run = shared_host.final(shared_host.run("sh", "-c", script))
    assert (run.state, run.reason, run.exit_code, run.signal, run.message) == (
        state,
        reason,
        exit_code,
        signal,
        message,
    )
    assert run.outcome is (Outcome.SUCCESS if state is COMPLETED else Outcome.FAILURE)
    assert (run.tree, run.conditions) == ("proven", frozenset())


def could_not_start(run: Run) -> str:
    """The sentence about a run none of whose code ran."""
    assert (run.state, run.reason) == (FAILED, Reason.COULD_NOT_START)
    assert (run.started_at, run.exit_code, run.signal) == (None, None, None)
    assert run.message is not None
    return run.message.removeprefix("The program could not be started: ")


def test_a_command_that_is_not_found_is_named(shared_host: SupervisedHost) -> None:
    run = shared_host.final(shared_host.run("no-such-program", "argument"))
    assert could_not_start(run) == "command not found: no-such-program."


@pytest.mark.parametrize(
    ("mode", "content", "problem"),
    [(0o644, "#!/bin/sh\n", "Permission denied"), (0o755, "no program at all\n", "Exec format error")],
    ids=["not executable", "no format"],
)
def test_what_cannot_be_executed_is_named_with_the_reason(
    shared_host: SupervisedHost, tmp_path: Path, mode: int, content: str, problem: str
) -> None:
    program = tmp_path / "program"
    program.write_text(content)
    program.chmod(mode)
    run = shared_host.final(shared_host.run(str(program)))
    assert could_not_start(run) == f"{program} cannot be executed: {problem}."


@pytest.mark.parametrize(("kind", "problem"), [("missing", "No such file or directory"), ("file", "Not a directory")])
def test_a_working_directory_that_cannot_be_entered_is_named(
    shared_host: SupervisedHost, tmp_path: Path, kind: str, problem: str
) -> None:
    place = tmp_path / kind
    if kind == "file":
        place.touch()
    run = shared_host.final(shared_host.run("true", working_directory=str(place)))
    assert could_not_start(run) == f"working directory {place} cannot be entered: {problem}."


def test_an_environment_that_is_too_large_for_the_kernel_is_told(shared_host: SupervisedHost) -> None:
    run = shared_host.final(shared_host.run("true", env={"LARGE": "x" * (1 << 20)}))
    assert could_not_start(run) == "true cannot be executed: Argument list too long."


def test_the_journal_is_complete_and_in_order(shared_host: SupervisedHost) -> None:
    run_id = shared_host.run("sh", "-c", "exit 3")
    run = shared_host.final(run_id)
    journal = shared_host.journal(run_id)
    assert [(entry.kind, entry.from_state, entry.to_state) for entry in journal] == [
        ("requested", None, RunState.PENDING),
        ("claimed", RunState.PENDING, RunState.STARTING),
        ("started", RunState.STARTING, RunState.RUNNING),
        ("ended", RunState.RUNNING, RunState.FAILED),
    ]
    assert [entry.actor for entry in journal] == ["key:ada"] + ["supervisor:here"] * 3
    assert [entry.seq for entry in journal] == sorted({entry.seq for entry in journal})
    times = [run.requested_at, run.claimed_at, run.started_at, run.ended_at, run.finished_at]
    known = [moment for moment in times if moment is not None]
    assert (len(known), known) == (5, sorted(known))
    assert [entry.happened_at for entry in journal] == [run.requested_at, run.claimed_at, run.started_at, run.ended_at]


def test_a_program_sees_its_own_environment_and_workspace_and_nothing_of_ours(shared_host: SupervisedHost) -> None:
    project_id = shared_host.project(["sh", "-c", "pwd; tr '\\0' '\\n' </proc/$$/environ"], env={"COLOUR": "blue"})
    first = shared_host.request(project_id, env={"SIZE": "7"})
    shared_host.final(first)
    workspace = str(shared_host.data.workspace(project_id))
    expected = {
        *("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", f"HOME={workspace}"),
        *("PYTHONUNBUFFERED=1", "COLOUR=blue", "SIZE=7", f"ADDON_PORTAL_RUN_ID={first}"),
        *(f"ADDON_PORTAL_PROJECT_ID={project_id}", f"ADDON_PORTAL_PROJECT_NAME={project_id}"),
        *("ADDON_PORTAL_RESTART_COUNT=0", "ADDON_PORTAL_PARAMETERS={}"),
    }
    place, *variables = shared_host.output(first).decode().splitlines()
    own = {line for line in variables if line.startswith("NOTIFY_SOCKET=/")}
    assert len(own) == 1, "where the program may say how it goes"
    assert (place, set(variables) - own) == (workspace, expected)

    again = shared_host.request(project_id, restart_of=first)
    shared_host.final(again)
    variables = shared_host.output(again).decode().splitlines()
    assert {f"ADDON_PORTAL_RESTART_OF={first}", "ADDON_PORTAL_RESTART_COUNT=1"} <= set(variables)
    assert not any(line.startswith("SIZE=") for line in variables)


def test_both_outputs_are_kept_in_order_also_through_dev_stderr(shared_host: SupervisedHost) -> None:
    run_id = shared_host.run("sh", "-c", "echo one; echo two >/dev/stderr; echo three >&2; echo four")
    shared_host.final(run_id)
    assert shared_host.output(run_id) == b"one\ntwo\nthree\nfour\n"


def test_values_of_the_environment_never_touch_the_disk(shared_host: SupervisedHost) -> None:
    run_id = shared_host.run("true", env={"TOKEN": "s3cret-s3cret"})
    shared_host.final(run_id)
    files = [path for path in shared_host.directory(run_id).iterdir() if path.is_file()]
    assert files
    assert not [path for path in files if b"s3cret-s3cret" in path.read_bytes()]
    assert shared_host.record(run_id, "spec")["definition"]["env_names"] == ["TOKEN"]


def test_many_runs_at_once_each_end_with_their_own_code(shared_host: SupervisedHost) -> None:
    runs = [shared_host.run("sh", "-c", f"exit {code}") for code in range(20)]
    assert [shared_host.final(run_id).exit_code for run_id in runs] == list(range(20))


def test_what_a_program_leaves_behind_is_gone_before_its_run_is_final(shared_host: SupervisedHost) -> None:
    run_id = shared_host.run("sh", "-c", "setsid sleep 60 & setsid setsid sleep 60 & echo $!; exit 4")
    run = shared_host.final(run_id)
    assert (run.exit_code, run.tree) == (4, "proven")
    assert shared_host.record(run_id, "done")["killed"] >= 1
    assert shared_host.processes_of(run_id) == []


def test_a_data_directory_with_a_long_path_works(tmp_path: Path) -> None:
    root = tmp_path / ("long-" * 20) / ("path-" * 20) / "data"
    assert len(os.fsencode(root)) > 200
    with SupervisedHost(root) as host:
        host.start()
        run_id = host.run("sh", "-c", "echo here; exit 3")
        assert host.final(run_id).exit_code == 3
        assert host.output(run_id) == b"here\n"
        supervised = host.running("sleep", "60")
        host.shim(supervised).kill_and_wait()
        host.reach_condition(supervised, "unsupervised")
        host.program(supervised).kill()
        assert host.final(supervised).signal == 9
