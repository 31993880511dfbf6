"""What a run that changes the register tells its operator. No personal numbers."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field

from rich.console import Console, Group, RenderableType
from rich.table import Table

from pipelines.register.unjudged import Unjudged, shown
from pipelines.summary import grid, outcome, time_of, two_columns
from schemas.dimona.register import ACCEPTED, REFUSED, WAITING, WARNED

_RESULTS = {
    ACCEPTED: "accepted",
    WARNED: "with a warning",
    REFUSED: "refused",
    WAITING: "waiting for identification",
}


@dataclass(frozen=True)
class RegisterSummary:
    """The account of a run. ``forms_in`` = declarations + forms against the schema; declarations =
    repeated + all ``results`` (by action and result). ``snapshot`` is None when nothing was
    committed. ``not_run``: rules that were not judged, and why."""

    run_id: str
    files: int
    files_known: int
    bytes: int
    forms_in: int = 0
    declarations: int = 0
    repeated: int = 0
    late: int = 0
    results: Mapping[str, int] = field(default_factory=dict)
    created: int = 0
    changed: int = 0
    anomalies: Mapping[str, int] = field(default_factory=dict)
    refusals: Mapping[str, int] = field(default_factory=dict)
    not_run: tuple[Unjudged, ...] = ()
    stages: Mapping[str, float] = field(default_factory=dict)
    lake: str = ""
    catalog: str | None = None
    snapshot: int | None = None
    seconds: float = 0.0

    @property
    def refused(self) -> int:
        """Declarations that rules refused."""
        return sum(n for name, n in self.results.items() if name.endswith(f" {REFUSED}"))

    @property
    def has_findings(self) -> bool:
        """Whether anything was refused, by the schema or by a rule."""
        return bool(self.refused or self.forms_in > self.declarations or self.refusals)

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2)

    def show(self, console: Console) -> None:
        console.print(Group(*self._rendered()))
        sql = "select * from core.period limit 10"
        text = outcome(self.snapshot, sql, self.lake, self.catalog)
        console.print(text, soft_wrap=True, highlight=False)

    def _rendered(self) -> Iterator[RenderableType]:
        yield self._counts()
        if self.snapshot is None:
            return
        if self.results:
            yield self._actions()
        if self.anomalies:
            yield two_columns("Anomalies, by code", self.anomalies)
        if self.refusals:
            yield two_columns("Not read, by code", self.refusals)
        if self.not_run:
            yield shown(self.not_run)
        yield self._time()

    def _counts(self) -> Table:
        table = grid(f"Run {self.run_id}: dimona")
        table.add_row("files", f"{self.files:,}")
        table.add_row("  known", f"{self.files_known:,}")
        table.add_row("forms", f"{self.forms_in:,}")
        table.add_row("  against the schema", f"{self.forms_in - self.declarations:,}")
        table.add_row("  received before", f"{self.repeated:,}")
        table.add_row("declarations that came late", f"{self.late:,}")
        table.add_row("periods that began", f"{self.created:,}")
        table.add_row("periods that changed", f"{self.changed:,}")
        return table

    def _actions(self) -> Table:
        table = Table(title="Declarations", title_justify="left")
        table.add_column("action")
        for title in _RESULTS.values():
            table.add_column(title, justify="right")
        for action in dict.fromkeys(name.rpartition(" ")[0] for name in self.results):
            found = (self.results.get(f"{action} {result}", 0) for result in _RESULTS)
            table.add_row(action, *(f"{number:,}" for number in found))
        return table

    def _time(self) -> Table:
        rate = self.declarations / self.seconds if self.seconds else 0.0
        return time_of(self.seconds, ("declarations a second", f"{rate:,.0f}"), self.stages)
