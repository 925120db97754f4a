"""Fetching from a server that encrypts, as all that are not on one's own disk do."""

from pathlib import Path

import pytest

from addon_portal.domain.git_sources import GitSource
from addon_portal.workspaces.git import Fetching, GitFailed
from addon_portal.workspaces.limits import CodeLimits
from tests.support.encryption import Authority
from tests.support.git_server import serving
from tests.support.repository import Repository

LIMITS = CodeLimits(upload_bytes=1 << 20, code_bytes=1 << 20, entries=1000)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Below a directory that holds nothing else."""
    (tmp_path / "served").mkdir()
    return Repository(tmp_path / "served" / "code")


def fetch(tmp_path: Path, url: str) -> str:
    """The commit that was fetched."""
    directory = tmp_path / "fetching"
    directory.mkdir()
    return Fetching(directory, LIMITS, ["https"]).fetch(GitSource(url, "main"), directory / "code.tar")


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "GIT_SSL_CAINFO"])
def test_a_commit_comes_from_a_server_by_an_authority_that_the_operator_trusts(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    authority = Authority(tmp_path)
    monkeypatch.delenv("GIT_SSL_CAINFO", raising=False)
    monkeypatch.setenv(variable, str(authority.file))
    with serving(repository.place.parent, authority.serving()) as address:
        assert fetch(tmp_path, f"{address}/code") == repository.git("rev-parse", "HEAD")


def test_nothing_comes_from_a_server_that_cannot_prove_who_it_is(repository: Repository, tmp_path: Path) -> None:
    stranger = Authority(tmp_path).serving()
    with serving(repository.place.parent, stranger) as address, pytest.raises(GitFailed, match="certificate"):
        fetch(tmp_path, f"{address}/code")


def test_the_proxy_of_the_operator_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")  # the port of discard (RFC 863), where nobody listens
    with pytest.raises(GitFailed, match=r"127\.0\.0\.1 port 9"):
        fetch(tmp_path, "https://git.example/code")
