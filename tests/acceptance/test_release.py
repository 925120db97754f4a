"""A release: the wheel that `make wheel` builds, installed and used where there is no Node."""

import gzip
import re
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.integration.cli.installed import READY, clean_environment, find_processes
from tests.support.machine import NODE, path_without
from tests.tidy.sources import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

PAGE = "addon_portal/apps/tenant-portal/"


def run(*command: str | Path, cwd: Path, **extra: str) -> str:
    """Run one command to its end, which has to be a good one."""
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=clean_environment(**extra), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release, as it is built."""
    place = tmp_path_factory.mktemp("release")
    run("make", "wheel", f"OUT={place}", cwd=ROOT)
    (made,) = place.iterdir()
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a release that was installed from the lock into an environment of its own."""
    place = tmp_path_factory.mktemp("installed")
    venv.create(place)
    python = str(place / "bin" / "python")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-compile"]
    run(*pip, "--require-hashes", "--requirement", ROOT / "requirements" / "runtime.txt", cwd=place)
    run(*pip, "--no-deps", "--no-index", wheel, cwd=place)
    return place / "bin" / "addon-portal"


@pytest.fixture
def address(installed: Path, tmp_path: Path) -> Iterator[str]:
    """The log-in link of a portal of the release, on a machine without Node."""
    data, path = tmp_path / "data", path_without(NODE, tmp_path / "programs")
    up = [str(installed), "up", "--data", str(data), "--port", "0"]
    with subprocess.Popen(
        up, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=tmp_path, env=clean_environment(PATH=path)
    ) as process:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line.strip())
            if line.startswith(READY):
                break
        try:
            (link,) = [line for line in said if "/login#token=" in line]
            yield link
        finally:
            run(installed, "down", "--stop-runs", "--data", data, cwd=tmp_path)
    assert not find_processes(data)


def test_a_release_has_the_built_page_and_nothing_that_it_is_built_from(wheel: Path) -> None:
    files = zipfile.ZipFile(wheel).infolist()
    held = {each.filename.removeprefix(PAGE): each.file_size for each in files if each.filename.startswith(PAGE)}
    assert {name.partition("/")[0] for name in held} == {"dist"}
    # What is smaller gains nothing by it; see `scripts/compress.mjs`.
    scripts = {name for name, size in held.items() if re.match(r"dist/assets/.*\.js$", name) and size >= 1024}
    assert "dist/index.html" in held
    assert scripts
    assert {f"{name}{end}" for name in scripts for end in (".gz", ".br")} <= held.keys()


def test_an_installed_release_serves_its_page_and_lets_people_in_without_node(address: str) -> None:
    url, _, token = address.partition("/login#token=")
    with httpx.Client(base_url=url, trust_env=False) as browser:
        page = browser.get("/", headers={"Accept": "text/html"})
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        script = re.findall(r'src="(/assets/[^"]+\.js)"', page.text)[0]
        whole = browser.get(script, headers={"Accept-Encoding": "identity"})
        assert (whole.status_code, whole.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
        with browser.stream("GET", script, headers={"Accept-Encoding": "gzip"}) as packed:
            assert packed.headers["content-encoding"] == "gzip"
            assert gzip.decompress(b"".join(packed.iter_raw())) == whole.content

        assert browser.get("/api/session").status_code == 401
        assert browser.post("/api/session", json={"token": token}).status_code == 201
        assert browser.get("/api/session").json()["tenant"]["name"] == "default"
        assert browser.get("/api/tenant/projects").json()["items"]
