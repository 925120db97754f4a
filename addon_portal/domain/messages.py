"""What people are told of a fact: one sentence, what to try next, and the few values that programs look at.

Promises that no value of an environment is in a message, even where the system put one into a sentence. Pure: the same
fact gives the same message, which is stored once and sent as it is, however often.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from addon_portal.domain.clock import to_text
from addon_portal.domain.facts import FACTS, Fact
from addon_portal.domain.launch import LaunchFacts
from addon_portal.domain.models import JournalEntry
from addon_portal.domain.reasons import REASONS
from addon_portal.domain.states import HEALTH_SENTENCES, Health

SHORTEST_SECRET = 4
"""Characters. Shorter values, such as `1` or `yes`, are parts of too many words."""
HIDDEN = "***"


@dataclass(frozen=True, slots=True)
class Composer:
    """Makes messages for one installation."""

    public_url: str | None
    overdue_after: timedelta

    def of_entry(self, fact: Fact, entry: JournalEntry, around: LaunchFacts) -> dict[str, object]:
        """The message about a journal entry."""
        info = None if entry.reason is None else REASONS[entry.reason]
        run = around.run
        step = run.next_step if run.reason is entry.reason else info and info.next_step
        said = {
            "state": entry.to_state or entry.from_state,
            "outcome": info and info.outcome,
            "reason": entry.reason,
            "message": str(entry.detail.get("message") or entry.detail.get("detail") or _sentence(fact, entry)),
            "next_step": step or _NEXT_STEPS[fact],
        }
        return self._message(fact, entry.happened_at, around, said)

    def of_overdue(self, happened_at: datetime, around: LaunchFacts) -> dict[str, object]:
        """The message that a live run has become overdue."""
        hours = self.overdue_after.total_seconds() / 3600
        said = {
            "state": around.run.state,
            "outcome": None,
            "reason": None,
            "message": f"The run has taken longer than {hours:g} h and goes on.",
            "next_step": _NEXT_STEPS[Fact.OVERDUE],
        }
        return self._message(Fact.OVERDUE, happened_at, around, said)

    def _message(
        self, fact: Fact, happened_at: datetime, around: LaunchFacts, said: Mapping[str, object]
    ) -> dict[str, object]:
        run = around.run
        program = around.program.env if around.program else {}
        secrets = [*program.values(), *around.definition.env.values(), *run.env.values()]
        data = {
            "title": f"{around.project_name} {FACTS[fact].verb} (run {run.number})",
            **said,
            "run_id": run.id,
            "run_number": run.number,
            "project_id": run.project_id,
            "project_name": around.project_name,
            "tenant_id": run.tenant_id,
            "started_at": to_text(run.started_at) if run.started_at else None,
            "ended_at": to_text(run.ended_at) if run.ended_at and said["reason"] == run.reason else None,
            "exit_code": run.exit_code if said["reason"] == run.reason else None,
            "signal": run.signal if said["reason"] == run.reason else None,
            "url": f"{self.public_url}/api/tenant/runs/{run.id}" if self.public_url else None,
        }
        for name in ("title", "message"):
            data[name] = hide(str(data[name]), secrets)
        return {"type": fact, "timestamp": to_text(happened_at), "data": data}


_NEXT_STEPS: Mapping[Fact, str] = {
    Fact.OVERDUE: "Look at its output; stop it if it hangs, or let it go on.",
    Fact.SILENT: "Look where its output stopped; stop it if it hangs.",
    Fact.GAVE_UP: "Read why it failed, mend that, then restart it.",
}


def _sentence(fact: Fact, entry: JournalEntry) -> str:
    if fact is Fact.SILENT:
        return HEALTH_SENTENCES[Health.SILENT]
    return f"The project is not restarted any more: {entry.detail.get('why')}."


def trial_message(now: datetime, webhook_name: str) -> dict[str, object]:
    """What is sent when somebody tries a webhook out."""
    data = {
        "title": "A test of Addon Portal",
        "message": f"The webhook {webhook_name} works: this message was sent because somebody asked for it.",
        "next_step": "Nothing to do.",
        "url": None,
    }
    return {"type": Fact.TEST, "timestamp": to_text(now), "data": data}


def hide(text: str, secrets: Iterable[str]) -> str:
    """The text without these values, longest first."""
    for secret in sorted({each for each in secrets if len(each) >= SHORTEST_SECRET}, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def for_people(message: Mapping[str, object]) -> tuple[str, str]:
    """Title and text of a message, for channels that people read."""
    data = message["data"]
    assert isinstance(data, dict)
    lines = [data["message"], data["next_step"], data["url"]]
    return str(data["title"]), "\n\n".join(str(line) for line in lines if line)
