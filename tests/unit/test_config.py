"""Settings: what is read, what is refused, and that the document about them tells the truth."""

import json
import re
from pathlib import Path

import pytest

from addon_portal.config import Settings, SettingsError, ensure_host_id, load_settings, variable_of
from addon_portal.domain.clock import SystemClock
from addon_portal.domain.states import FINAL, RunState
from addon_portal.storage import Storage

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "reference" / "configuration.md"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(variable_of(field), raising=False)


def test_the_defaults_are_those_of_the_requirements() -> None:
    settings = load_settings()
    assert settings.execution_timeout_hours == 24
    assert settings.cleanup_interval_seconds == 5
    assert settings.restartable_statuses == FINAL
    assert settings.bind_host == "127.0.0.1"
    assert settings.max_concurrent_runs is None


def test_the_unprefixed_names_of_the_requirements_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROJECT_EXECUTION_TIMEOUT_HOURS", "0.5")
    monkeypatch.setenv("PROJECT_CLEANUP_INTERVAL_SECONDS", "0")
    monkeypatch.setenv("RESTARTABLE_STATUSES", "failed, completed")
    settings = load_settings()
    assert settings.overdue_after.total_seconds() == 1800
    assert settings.cleanup_interval_seconds == 0
    assert settings.restartable_statuses == {RunState.FAILED, RunState.COMPLETED}


def test_the_data_directory_is_absolute_and_holds_the_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ADDON_PORTAL_DATA", "here")
    settings = load_settings()
    assert settings.data_dir == tmp_path / "here"
    assert settings.database == f"sqlite:///{tmp_path}/here/portal.db"


def test_a_data_directory_may_have_any_name(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path / "100% ?#ü")
    settings.data_dir.mkdir()
    storage = Storage.open(settings.database, clock=SystemClock())
    storage.upgrade()
    storage.close()
    assert settings.data.database.exists()


def test_what_is_given_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADDON_PORTAL_PORT", "1234")
    assert load_settings(port=80).port == 80


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("PROJECT_EXECUTION_TIMEOUT_HOURS", "0", "a number greater than 0"),
        ("PROJECT_EXECUTION_TIMEOUT_HOURS", "nan", "a finite number"),
        ("PROJECT_CLEANUP_INTERVAL_SECONDS", "-1", "a number greater than or equal to 0"),
        ("RESTARTABLE_STATUSES", "failed,running", "final states only (cancelled, completed, failed)"),
        ("RESTARTABLE_STATUSES", "bogus,running", "final states only (cancelled, completed, failed)"),
        ("RESTARTABLE_STATUSES", ",", "at least 1 item, not 0"),
        ("ADDON_PORTAL_PORT", "http", "a whole number"),
        ("ADDON_PORTAL_PORT", "65536", "a number less than or equal to 65535"),
        ("ADDON_PORTAL_DATABASE_URL", "mysql://x", "sqlite:///path or postgresql://…"),
        ("ADDON_PORTAL_HOST_ID", "me", "hst_ and 26 characters"),
        ("ADDON_PORTAL_MAX_CONCURRENT_RUNS", "0", "a number greater than or equal to 1"),
        ("ADDON_PORTAL_PROCESS_IDENTITY", "pid", "'auto', 'pidfd' or 'psutil'"),
        ("ADDON_PORTAL_PUBLIC_URL", "portal", "http://… or https://…"),
        ("ADDON_PORTAL_NOTIFY_RETRY_SECONDS", "5,0", "a number greater than 0"),
        ("ADDON_PORTAL_LOG_LEVEL", "loud", "'debug', 'info', 'warning' or 'error'"),
    ],
)
def test_a_bad_value_is_refused_with_what_was_expected(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, expected: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as refusal:
        load_settings()
    (problem,) = refusal.value.problems
    assert problem.field == variable
    assert problem.expected == expected
    assert problem.got


def test_all_problems_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADDON_PORTAL_PORT", "-1")
    monkeypatch.setenv("ADDON_PORTAL_LOG_FORMAT", "xml")
    with pytest.raises(SettingsError) as refusal:
        load_settings()
    assert {problem.field for problem in refusal.value.problems} == {"ADDON_PORTAL_PORT", "ADDON_PORTAL_LOG_FORMAT"}


def test_a_host_keeps_its_identity(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path / "new")
    first = ensure_host_id(settings, SystemClock())
    assert ensure_host_id(settings, SystemClock()) == first
    assert sorted(path.name for path in settings.data_dir.iterdir()) == ["host.json"]


def test_a_host_file_that_says_nonsense_is_refused(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path)
    for text in ("", "[]", '{"host_id": 7}', '{"host_id": "hst_1"}'):
        settings.data.host_file.write_text(text)
        with pytest.raises(SettingsError, match=r"host\.json"):
            ensure_host_id(settings, SystemClock())


def test_the_supervisor_and_the_notifier_are_told_plain_values(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path)
    host_id = ensure_host_id(settings, SystemClock())
    for options in (settings.supervisor_options(host_id), settings.notifier_options(host_id)):
        assert json.loads(json.dumps(options)) == options


def test_retries_are_a_list_of_seconds_and_a_public_address_has_no_slash_at_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ADDON_PORTAL_NOTIFY_RETRY_SECONDS", "5, 0.5")
    monkeypatch.setenv("ADDON_PORTAL_PUBLIC_URL", "https://portal.example.com/")
    settings = load_settings()
    assert list(settings.notify_retry_seconds) == [5, 0.5]
    assert settings.public_url == "https://portal.example.com"


def test_the_document_lists_every_setting_with_its_default_and_description() -> None:
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| (.+) \|$", DOCUMENT.read_text(), re.MULTILINE))
    expected = {}
    for name, field in Settings.model_fields.items():
        default = "see below" if field.default_factory else _shown(field.default)
        expected[variable_of(name)] = f"{default} | {field.description}"
    assert rows == expected


def _shown(default: object) -> str:
    if default is None:
        return "none"
    if isinstance(default, frozenset):
        return f"`{','.join(sorted(default, reverse=True))}`"
    if isinstance(default, tuple):
        return f"`{','.join(f'{each:g}' for each in default)}`"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


@pytest.mark.parametrize("url", ["mysql://me:s3cret@db/portal", "postgresql://me:s3cret@x@db/portal"])
def test_a_database_that_is_refused_is_named_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(database_url=url)
    assert "DATABASE_URL: expected" in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_a_directory_remembers_its_database_until_another_is_named(tmp_path: Path) -> None:
    remembered = tmp_path / "database.json"
    remembered.write_text('{"version": 1, "url": "postgresql://db/portal"}')
    assert load_settings(data_dir=tmp_path).database == "postgresql://db/portal"
    assert load_settings(data_dir=tmp_path, database_url="sqlite:////other.db").database == "sqlite:////other.db"
    remembered.write_text('{"url": 5}')
    with pytest.raises(SettingsError, match=r"database.json: expected a JSON object with a url"):
        load_settings(data_dir=tmp_path)
