"""Counts the days of some employers over all groups of a run, and writes what waited for that."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator

from pipelines.register.folding import results, write
from pipelines.register.holding import held, planned
from pipelines.register.opened import aliases, opened
from pipelines.register.unjudged import unjudged
from pipelines.register.work import Brought, FoldedGroup, RegisterJob
from schemas.dimona.register import FOUND_IN, LOG, PERIOD, QUOTA_ANSWER
from transforms.dimona.employers import DECLARED, employers_counted, warned
from transforms.dimona.idflux import resolved, valid_now
from transforms.rates.book import rate_book
from warehouse.register import Register


def count_share(share: int, brought: Iterable[Brought], job: RegisterJob) -> Iterator[FoldedGroup]:
    """The groups that came, and what became of the rows that waited for a share of employers."""
    kept = []
    for one in brought:
        if one.group is not None:
            yield one.group
        if one.held:
            kept.append(one.held)
    if kept:
        yield _counted(share, tuple(sorted(kept)), job)


def _counted(share: int, kept: tuple[tuple[str, ...], ...], job: RegisterJob) -> FoldedGroup:
    start = time.perf_counter()
    uses, log, periods = held(share, kept)
    before = Register(opened(job)).uses_of(uses.column("owner").combine_chunks())
    leads = resolved(aliases(job))
    declared = valid_now(log.select(DECLARED), leads, ("employer", "employer"))
    answers, findings, not_run = employers_counted(uses, before, declared, rate_book().parameters)
    then, marked = warned(log, periods, findings)
    parts: dict[str, tuple[str, ...]] = {}
    for table, rows in (
        (LOG, then),
        (PERIOD, marked),
        (QUOTA_ANSWER, answers),
        (FOUND_IN, findings),
    ):
        parts |= write(table, rows, f"employers-{share:06}", job)
    change = Counter(results(then))
    change.subtract(results(log))
    return FoldedGroup(
        planned(job).groups + share,
        parts,
        results=dict(change),
        codes=dict(Counter(findings.column("code").to_pylist())),
        not_run=unjudged(not_run),
        seconds={"employers": time.perf_counter() - start},
    )
