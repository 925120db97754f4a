"""Keeping the values of the instruments, and writing them as Prometheus reads them.

Counters and histograms only grow, as long as the process lives; gauges are replaced as a whole at each scrape. Each
instrument belongs to one thread at a time. The client library is loaded when the first scrape comes: a portal that
nobody measures does without.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from addon_portal.metrics.instruments import INSTRUMENTS, Instrument, Kind

if TYPE_CHECKING:
    from prometheus_client.registry import CollectorRegistry

Labels = tuple[str, ...]


class _Histogram:
    """How many values fell below each bound, and their sum."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def observe(self, value: float) -> None:
        """Count a value under the first bound that is not smaller."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self.sum += value

    def cumulated(self) -> list[tuple[str, float]]:
        """As Prometheus has it: each bound with all that lies below."""
        names = [*(f"{bound:g}" for bound in self._bounds), "+Inf"]
        below, found = 0, []
        for name, count in zip(names, self._counts, strict=True):
            below += count
            found.append((name, float(below)))
        return found


class Recorder:
    """The values of all instruments."""

    def __init__(self) -> None:
        self._counters: dict[str, Counter[Labels]] = {}
        self._histograms: dict[str, dict[Labels, _Histogram]] = {}
        self._gauges: Mapping[str, Mapping[Labels, float]] = {}
        self._registry: CollectorRegistry | None = None
        for each in INSTRUMENTS:
            # What has no labels is there from the beginning, with 0.
            if each.kind is Kind.COUNTER:
                self._counters[each.name] = Counter() if each.labels else Counter({(): 0})
            elif each.kind is Kind.HISTOGRAM:
                self._histograms[each.name] = {} if each.labels else {(): _Histogram(each.buckets)}

    def count(self, instrument: Instrument, *labels: str) -> None:
        """One more."""
        self._counters[instrument.name][labels] += 1

    def observe(self, instrument: Instrument, seconds: float, *labels: str) -> None:
        """One more, of this length; clocks step, so what would be negative is nothing."""
        series = self._histograms[instrument.name]
        series.setdefault(labels, _Histogram(instrument.buckets)).observe(max(0.0, seconds))

    def set_gauges(self, values: Mapping[Instrument, Mapping[Labels, float]]) -> None:
        """All gauges as they are now; what is left out is not known."""
        self._gauges = {instrument.name: dict(series) for instrument, series in values.items()}

    def render(self) -> bytes:
        """Everything in the text format."""
        from prometheus_client import CollectorRegistry, generate_latest

        if self._registry is None:
            self._registry = CollectorRegistry(auto_describe=False)
            self._registry.register(self)
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Any]:
        """What the client library asks a collector for."""
        from prometheus_client import core

        for each in INSTRUMENTS:
            head = (each.name, each.meaning, None, each.labels)
            match each.kind:
                case Kind.COUNTER:
                    counter = core.CounterMetricFamily(*head)
                    for labels, count in sorted(self._counters[each.name].copy().items()):
                        counter.add_metric(labels, float(count))
                    yield counter
                case Kind.GAUGE:
                    gauge = core.GaugeMetricFamily(*head)
                    for labels, value in sorted(self._gauges.get(each.name, {}).items()):
                        gauge.add_metric(labels, value)
                    yield gauge
                case Kind.HISTOGRAM:
                    family = core.HistogramMetricFamily(*head[:2], labels=each.labels)
                    for labels, histogram in sorted(self._histograms[each.name].items()):
                        family.add_metric(labels, histogram.cumulated(), histogram.sum)
                    yield family
