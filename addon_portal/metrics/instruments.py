"""The complete list of what is measured. `docs/reference/metrics.md` and the dashboard are checked against it.

Names are those of OpenTelemetry's conventions for CI/CD where one fits, with underscores as Prometheus has them. No
label names a tenant, a project or a run: how many series there are does not depend on how much the portal is used.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What Prometheus does with it."""

    GAUGE = "gauge"
    COUNTER = "counter"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Instrument:
    """One metric. `buckets` are upper bounds in seconds, of a histogram."""

    name: str
    kind: Kind
    meaning: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


_LATENCY = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0, 600.0)
_LENGTH = (1.0, 10.0, 60.0, 300.0, 900.0, 3600.0, 4 * 3600.0, 12 * 3600.0, 24 * 3600.0, 72 * 3600.0)

DATABASE_UP = Instrument("portal_database_up", Kind.GAUGE, "1 if the database answered, else 0.")
HTTP_REQUESTS = Instrument(
    "portal_http_requests_total", Kind.COUNTER, "Requests answered by this process.", ("method", "status")
)
QUEUE_LENGTH = Instrument("portal_queue_length", Kind.GAUGE, "Runs that wait to be claimed.")
QUEUE_OLDEST = Instrument(
    "portal_queue_oldest_seconds", Kind.GAUGE, "How long the oldest of them has waited; 0 if none waits."
)
RUN_DURATION = Instrument(
    "cicd_pipeline_run_duration_seconds",
    Kind.HISTOGRAM,
    "How long programs ran whose end was seen.",
    ("cicd_pipeline_result",),
    _LENGTH,
)
RUN_END = Instrument(
    "portal_run_end_seconds", Kind.HISTOGRAM, "From the end of a program to its record in the database.", (), _LATENCY
)
RUN_START = Instrument(
    "portal_run_start_seconds", Kind.HISTOGRAM, "From the request to the execution of the program.", (), _LATENCY
)
RUNS_ACTIVE = Instrument(
    "cicd_pipeline_run_active", Kind.GAUGE, "Runs that are not final.", ("cicd_pipeline_run_state",)
)
RUNS = Instrument(
    "portal_runs", Kind.GAUGE, "Runs that are not final, by the first health that holds.", ("state", "health")
)
RUNS_FINISHED = Instrument("portal_runs_finished_total", Kind.COUNTER, "Runs that became final.", ("state", "reason"))
RUNS_STARTED = Instrument("portal_runs_started_total", Kind.COUNTER, "Programs that were executed.")
RUNS_STUCK = Instrument(
    "portal_runs_stuck",
    Kind.GAUGE,
    "Runs that nobody has looked after for a minute, or that are starting or stopping a minute too long. Must be 0.",
    ("why",),
)
SUPERVISOR_AGE = Instrument(
    "portal_supervisor_age_seconds",
    Kind.GAUGE,
    "Since the last complete sweep of a host began; +Inf if there was none yet.",
    ("host",),
)

INSTRUMENTS = (
    DATABASE_UP,
    HTTP_REQUESTS,
    QUEUE_LENGTH,
    QUEUE_OLDEST,
    RUN_DURATION,
    RUN_END,
    RUN_START,
    RUNS_ACTIVE,
    RUNS,
    RUNS_FINISHED,
    RUNS_STARTED,
    RUNS_STUCK,
    SUPERVISOR_AGE,
)
