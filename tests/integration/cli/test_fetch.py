"""`project fetch`: a commit becomes code, and nothing of the repository runs on the portal's side."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from addon_portal.cli.exit_codes import ExitCode
from tests.integration.cli.installed import Portal
from tests.support.repository import Repository
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def fetching(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal that may read repositories of its own disk, and takes little code."""
    portal = Portal(tmp_path_factory.mktemp("fetching") / "data")
    most = str(1 << 20)
    try:
        portal.start(
            ADDON_PORTAL_GIT_TRANSPORTS="file",
            ADDON_PORTAL_MAX_UPLOAD_BYTES=most,
            ADDON_PORTAL_MAX_CODE_BYTES=most,
        )
        yield portal
    finally:
        portal.clean_up()


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


def test_a_commit_is_fetched_pinned_and_run(fetching: Portal, repository: Repository) -> None:
    first = repository.git("rev-parse", "HEAD")
    made = fetching.call("project", "fetch", "pinned", repository.url, "--", "cat", "what")
    assert made.returncode == 0, made.stderr
    assert f"Commit {first[:12]} of {repository.url} is the code of project pinned" in made.stdout
    assert fetching.call("run", "pinned").stdout == "one"
    repository.git("tag", "v1")
    second = repository.commit("two")
    assert fetching.call("restart", "pinned", "--workspace", "clean", "--follow").stdout == "one"
    fetched = fetching.ask("project", "fetch", "pinned", repository.url, "--ref", "main")
    assert fetched["code"]["git"] == {"url": repository.url, "ref": "main", "commit": second}
    assert fetched["definition_version"] == 3
    assert fetching.call("run", "pinned").stdout == "two"
    for ref in ("v1", first):
        assert (
            fetching.ask("project", "fetch", "pinned", repository.url, "--ref", ref)["code"]["git"]["commit"] == first
        )
    assert f"commit {first[:12]}" in fetching.call("project", "show", "pinned").stdout
    incoming = fetching.data / "code" / "incoming"
    # The answer does not wait for what was fetched to be taken away.
    wait_until(lambda: not list(incoming.iterdir()), "nothing left of what was fetched")


def test_what_is_in_a_repository_is_unpacked_and_never_executed(
    fetching: Portal, repository: Repository, tmp_path: Path
) -> None:
    trap = tmp_path / "executed"
    for name in ("post-checkout", "post-merge", "pre-auto-gc", "reference-transaction"):
        hook = repository.place / ".git" / "hooks" / name
        hook.write_text(f"#!/bin/sh\ntouch {trap}\n")
        hook.chmod(0o755)
    (repository.place / ".gitattributes").write_text("* filter=trap\nsecret export-ignore\n")
    (repository.place / "secret").write_text("not exported")
    (repository.place / ".gitmodules").write_text('[submodule "x"]\n\tpath = x\n\turl = ext::sh -c "touch executed"\n')
    repository.commit("traps")
    trap.unlink(missing_ok=True)  # our own commit may have met the hooks
    made = fetching.call("project", "fetch", "traps", repository.url, "--", "ls", "-A")
    assert made.returncode == 0, made.stderr
    assert not trap.exists()
    assert sorted(fetching.call("run", "traps").stdout.split()) == [".gitattributes", ".gitmodules", "what"]


def test_refusals_of_git_and_of_ours_are_told(fetching: Portal, repository: Repository, tmp_path: Path) -> None:
    fetching.call("project", "create", "refused", "--", "true")
    for url, ref, said in (
        (repository.url, "nobody", "git says:"),
        (f"file://{tmp_path}/nowhere", "HEAD", "git says:"),
        ("https://git.example/x", "HEAD", "begins with file://"),
        (repository.url, "a..b", "a branch, a tag"),
    ):
        done = fetching.call("project", "fetch", "refused", url, "--ref", ref)
        assert (done.returncode, done.stdout) == (ExitCode.REFUSED, "")
        assert said in done.stderr
    (repository.place / "out").symlink_to("/etc/passwd")
    repository.commit("link")
    done = fetching.call("project", "fetch", "refused", repository.url)
    assert done.returncode == ExitCode.REFUSED
    assert "'out', which is a link to an absolute path" in done.stderr
    assert fetching.ask("project", "show", "refused")["code"] is None


@pytest.mark.parametrize("content", [os.urandom(3 << 20), bytes(64 << 20)], ids=["to fetch", "to unpack"])
def test_what_is_too_large_is_refused_and_leaves_nothing(
    fetching: Portal, repository: Repository, content: bytes
) -> None:
    (repository.place / "large").write_bytes(content)
    repository.commit("large")
    fetching.call("project", "create", "large", "--", "true")
    done = fetching.call("project", "fetch", "large", repository.url)
    assert done.returncode == ExitCode.REFUSED
    assert "larger than the operator's limits" in done.stderr or "more than 1048576 bytes" in done.stderr
    incoming = fetching.data / "code" / "incoming"
    # The answer does not wait for what was fetched to be taken away.
    wait_until(lambda: not list(incoming.iterdir()), "nothing left of what was fetched")


def test_a_new_project_needs_a_command(fetching: Portal, repository: Repository) -> None:
    done = fetching.call("project", "fetch", "nobody", repository.url)
    assert done.returncode == ExitCode.USAGE
    assert "after --" in done.stderr
