"""Files that an earlier run took with other options: their amounts stay those of that run."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.reference import read_reference
from pipelines.request import Request
from pipelines.work import Job
from transforms.contribute import rules_fingerprint
from transforms.rates.book import rate_book

WITHOUT = "none"
"""In ``ops.run.reference``: a run without reference tables."""


@dataclass(frozen=True)
class Options:
    """What amounts rest on besides the declarations: cents of tolerance, digests of the reference
    tables and of the rules. ``None``: a run that did not keep it."""

    tolerance: int | None
    reference: str | None
    rates: str | None

    @classmethod
    def of(cls, run: Job | Request) -> "Options":
        reference = read_reference(run.reference).fingerprint if run.reference else WITHOUT
        return cls(run.tolerance, reference, rules_fingerprint(rate_book()))

    def unlike(self, earlier: "Options") -> Iterator[str]:
        """What is other than in an earlier run, in words."""
        if earlier.tolerance not in (None, self.tolerance):
            yield f"a tolerance of {earlier.tolerance} (now {self.tolerance})"
        if earlier.reference not in (None, self.reference):
            yield (
                "no reference tables" if earlier.reference == WITHOUT else "other reference tables"
            )
        if earlier.rates not in (None, self.rates):
            yield "other rules and rates"


@dataclass(frozen=True)
class Kept:
    """Files whose amounts are those of an earlier run with other options."""

    run_id: str
    files: int
    options: tuple[str, ...]

    @property
    def said(self) -> str:
        some = "1 file keeps" if self.files == 1 else f"{self.files:,} files keep"
        return f"{some} the amounts of run {self.run_id}, which had {' and '.join(self.options)}."


def kept_amounts(now: Options, rows: Iterable[Mapping[str, Any]]) -> tuple[Kept, ...]:
    """``rows``: run_id, tolerance, reference, rates and number of files of earlier runs."""
    found = []
    for row in rows:
        earlier = Options(row["tolerance"], row["reference"], row["rates"])
        if other := tuple(now.unlike(earlier)):
            found.append(Kept(row["run_id"], row["files"], other))
    return tuple(found)
