"""What a run tells its operator, as text or as JSON. No personal numbers."""

import json
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field

import pyarrow as pa
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from pipelines.counted import ContributionCount
from pipelines.earlier import Kept
from schemas.ops import MEASURES

_CENTS = 100


@dataclass(frozen=True)
class Summary:
    """The account of a run. ``snapshot`` is None when nothing was committed; ``kept``: files with
    the amounts of an earlier run that had other options; ``confrontation``: findings by
    code, None where the lake has no register; ``not_confronted``: why others are not told;
    ``catalog`` has no password."""

    run_id: str
    kind: str
    quarter: str
    files: int
    files_known: int
    bytes: int
    forms_in: int
    forms_accepted: int
    forms_refused: int
    forms_quarantined: int
    relations: int
    controls: Mapping[str, int]
    contributions: tuple[ContributionCount, ...]
    refusals: Mapping[str, int]
    anomalies: Mapping[str, int]
    stages: Mapping[str, float]
    metrics: Mapping[str, int] = field(default_factory=dict)
    kept: tuple[Kept, ...] = ()
    confrontation: Mapping[str, int] | None = None
    not_confronted: Mapping[str, str] = field(default_factory=dict)
    lake: str = ""
    catalog: str | None = None
    snapshot: int | None = None
    seconds: float = 0.0

    @classmethod
    def of_nothing(cls, run_id: str, kind: str, quarter: str, files: int) -> "Summary":
        """The account of a run that met no file with another content than earlier runs."""
        return cls(
            run_id=run_id,
            kind=kind,
            quarter=quarter,
            files=files,
            files_known=files,
            bytes=0,
            forms_in=0,
            forms_accepted=0,
            forms_refused=0,
            forms_quarantined=0,
            relations=0,
            controls={"forms accepted": 0} | dict.fromkeys((m.name for m in MEASURES), 0),
            contributions=(),
            refusals={},
            anomalies={},
            stages={},
        )

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2)

    def show(self, console: Console) -> None:
        console.print(Group(*self._rendered()))
        text = outcome(
            self.snapshot, "select * from core.contribution_summary", self.lake, self.catalog
        )
        console.print(text, soft_wrap=True, highlight=False)
        for kept in self.kept:
            console.print(Text(f"Attention: {kept.said}"), soft_wrap=True)
        if self.kept:
            console.print(
                "A lake never computes a file again: for the options of this run, run the files"
                " into a new lake (--lake).",
                soft_wrap=True,
                highlight=False,
            )

    def _rendered(self) -> Iterator[RenderableType]:
        yield Text(f"{self.kind} {self.quarter}  run {self.run_id}", style="bold")
        yield self._input()
        if self.snapshot is None:
            return
        if self.refusals:
            yield two_columns("Reasons of refusal and setting aside", self.refusals)
        if self.anomalies:
            yield two_columns("Anomalies of accepted forms", self.anomalies)
        if self.confrontation is not None:
            yield two_columns("DmfA against Dimona, in the whole quarter", self.confrontation)
        if self.not_confronted:
            yield two_columns("Not told of DmfA against Dimona", self.not_confronted)
        yield self._contributions()
        yield self._controls()
        yield self._time()

    def _input(self) -> Table:
        table = grid("Input")
        table.add_row("files", f"{self.files:,}")
        table.add_row("  left alone, same content before", f"{self.files_known:,}")
        table.add_row("forms", f"{self.forms_in:,}")
        table.add_row("  accepted", f"{self.forms_accepted:,}")
        table.add_row("  refused", f"{self.forms_refused:,}")
        table.add_row("  quarantined", f"{self.forms_quarantined:,}")
        table.add_row("relations", f"{self.relations:,}")
        return table

    def _contributions(self) -> Table:
        table = Table(
            title="Contributions less deductions, declared and computed",
            title_justify="left",
            show_footer=True,
        )
        lines = sum(count.lines for count in self.contributions)
        answered = [count for count in self.contributions if count.computed is not None]
        computed = sum(count.computed or 0 for count in answered)
        beside = sum(count.declared for count in answered)
        declared = sum(count.declared for count in self.contributions)
        table.add_column("outcome", "all lines")
        table.add_column("reason")
        table.add_column("lines", f"{lines:,}", justify="right", no_wrap=True)
        table.add_column("declared EUR", _euro(declared), justify="right", no_wrap=True)
        table.add_column("computed EUR", "", justify="right", no_wrap=True)
        for count in self.contributions:
            marks = ", ".join(filter(None, (count.family, count.confidence)))
            outcome = f"{count.outcome} ({marks})" if marks else count.outcome
            computed_here = "" if count.computed is None else _euro(count.computed)
            table.add_row(
                outcome,
                count.reason or "",
                f"{count.lines:,}",
                _euro(count.declared),
                computed_here,
            )
        table.add_section()
        number = f"{sum(count.lines for count in answered):,}"
        table.add_row("lines computed", "", number, _euro(beside), _euro(computed))
        return table

    def _controls(self) -> Table:
        table = grid("Control totals, the same in the XML and in the lake")
        for measure, total in self.controls.items():
            cents = measure.endswith(" cents")
            name = measure.removesuffix(" cents") + (" EUR" if cents else "")
            table.add_row(name, _euro(total) if cents else f"{total:,}")
        return table

    def _time(self) -> Table:
        megabytes = self.bytes / 1e6
        speed = f"{megabytes / self.seconds:.1f} MB/s of {megabytes:.1f} MB"
        table = time_of(self.seconds, ("throughput", speed), self.stages)
        longest = self.metrics.get("process.batch_milliseconds_max")
        if longest is not None:
            batches = self.metrics["process.batch_milliseconds_count"]
            table.add_row(f"longest of {batches} batches", f"{longest / 1000:.1f} s")
        return table


def outcome(snapshot: int | None, sql: str, lake: str, catalog: str | None) -> str:
    """What became of a run, and a question that can be asked next."""
    if snapshot is None:
        return "Nothing is new: every file was processed before, nothing was committed."
    where = f"--lake {shlex.quote(lake)}"
    where += f" --catalog {shlex.quote(catalog)}" if catalog else ""
    asked = f'  kwartaal query "{sql}" {where}'
    return f"Committed as snapshot {snapshot}. Ask it something:\n{asked}"


def time_of(seconds: float, speed: tuple[str, str], stages: Mapping[str, float]) -> Table:
    """Wall clock, throughput by its name, and the time of each stage."""
    table = grid("Time")
    table.add_row("wall clock", f"{seconds:.1f} s")
    table.add_row(*speed)
    for stage, spent in stages.items():
        table.add_row(f"  {stage}, all workers", f"{spent:.1f} s")
    return table


def code_counts(findings: pa.Table) -> dict[str, int]:
    """How often each code was found, most frequent first."""
    counted = Counter(findings.column("code").to_pylist())
    return {str(code): number for code, number in counted.most_common()}


def _euro(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // _CENTS:,}.{abs(cents) % _CENTS:02}"


def grid(title: str) -> Table:
    """A table of names and numbers without lines."""
    table = Table(title=title, title_justify="left", show_header=False, box=None)
    table.add_column()
    table.add_column(justify="right")
    return table


def two_columns(title: str, told: Mapping[str, int] | Mapping[str, str]) -> Table:
    """Counts, or words, by name."""
    table = grid(title)
    for name, one in told.items():
        table.add_row(name, one if isinstance(one, str) else f"{one:,}")
    return table
