"""What is suggested to people can be pasted, and does what it says whatever a name holds."""

import subprocess
from contextvars import copy_context
from pathlib import Path

import pytest

from addon_portal.cli.suggestions import how_to_start, remember_data, suggest, word_for
from addon_portal.cli.visible import visible

UNITS = Path(__file__).parents[3] / "deploy" / "systemd"


@pytest.mark.parametrize("name", ["two words; echo pwned", "$(id)", "'quoted'", "Ärger & Söhne", "a\\b", "*"])
def test_a_name_stays_one_word_of_the_shell(name: str) -> None:
    pasted = suggest("stop", word_for(name, "prj_1")).removeprefix("addon-portal ")
    done = subprocess.run(["sh", "-c", f"printf '<%s>' {pasted}"], capture_output=True, text=True, check=True)
    assert done.stdout == f"<stop><{name}>"


@pytest.mark.parametrize("name", ["--data", "-x", "\u202egnp.exe", "a\u200bb", "run_01k7qz9t3v5x8y2m4n6p0r1s2a"])
def test_what_would_be_taken_for_something_else_is_called_by_its_id(name: str) -> None:
    assert suggest("stop", word_for(name, "prj_1")) == "addon-portal stop prj_1"


def test_the_data_directory_that_was_given_is_repeated() -> None:
    def say() -> str:
        remember_data("/srv/my portal")
        return suggest("run", "--name", "hello", then="-- true")

    assert copy_context().run(say) == "addon-portal run --name hello --data '/srv/my portal' -- true"
    assert suggest("up") == "addon-portal up"


@pytest.mark.parametrize("part", ["api", "keeper", "notifier", "supervisor"])
def test_a_part_is_started_by_up_or_as_the_unit_that_we_have_of_it(part: str) -> None:
    unit = UNITS / f"addon-portal-{part}.service"
    assert unit.is_file()
    assert how_to_start(part) == f"addon-portal up (or, as a service of its own: systemctl start {unit.stem})"


def test_what_cannot_be_seen_is_escaped_as_others_write_it() -> None:
    assert visible("a\x1b[31m\n\u202e\u200b\U000e0001é") == "a\\x1b[31m\\x0a\\u202e\\u200b\\U000e0001é"
