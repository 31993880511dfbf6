"""Contribution lines of a worker record. Amounts are shapes until the rules compute them."""

from functools import lru_cache

from schemas.quarter import Quarter
from transforms.contribute.in_force import types
from transforms.synth.amounts import part, times
from transforms.synth.desk import Desk
from transforms.synth.figures import Figures
from transforms.synth.law import ASBESTOS
from transforms.synth.terms import MANUAL_CODE, WHITE_CODE, Terms

_ALL_BRANCHES = frozenset((MANUAL_CODE, WHITE_CODE))
_ASBESTOS_PPM = 100
_AT_108 = frozenset((MANUAL_CODE, "027", "035"))


def contribution_lines(desk: Desk, terms: Terms, gross: int) -> str:
    """The lines of a record with ``gross`` cents subject to contributions."""
    private = desk.employer.sector.kind != "public"
    raised = private and terms.worker_code in _AT_108
    base = times(gross, desk.law.uplift) if raised else gross
    amount = part(base, desk.figures.whole("unknown_rate_ppm"))
    text = desk.blocks.contribution((terms.worker_code, "1" if raised else "0", base, amount))
    if private and terms.worker_code in _ALL_BRANCHES:
        return text + _other_lines(desk, terms, base)
    return text


def extra_line(desk: Desk, kind: str) -> str:
    """A line that few workers have: ``888/0`` is code and type."""
    code, contribution_type = kind.split("/")
    base = desk.within("extra_line")
    amount = part(base, desk.figures.whole("extra_line_ppm"))
    return desk.blocks.contribution((code, contribution_type, base, amount))


def asbestos_line(desk: Desk, base: int) -> str:
    """Nothing in quarters without the contribution, or with it inside the ordinary rate."""
    if not desk.law.asbestos_line:
        return ""
    return desk.blocks.contribution((ASBESTOS, "0", base, part(base, _ASBESTOS_PPM)))


def _other_lines(desk: Desk, terms: Terms, base: int) -> str:
    sector, block = desk.employer.sector, desk.blocks.contribution
    fund = sector.fund_manual if terms.manual else sector.fund_white
    dues = _dues(desk.figures, desk.employer.jobs, sector.commercial, bool(fund))
    lines = [block((code, kind, base, part(base, ppm))) for code, kind, ppm in dues]
    lines.append(asbestos_line(desk, base))
    if fund:
        kind = _type_in_force(fund, terms.employer_class, desk.quarter)
        lines.append(block((fund, kind, base, part(base, desk.figures.whole("fund_ppm")))))
    if desk.hit("contribution_856"):
        lines.append(block(("856", "0", None, desk.within("contribution_856"))))
    if desk.hit("extra_line"):
        lines.append(extra_line(desk, desk.pick("extra_line")))
    return "".join(lines)


@lru_cache(maxsize=1 << 10)
def _dues(
    figures: Figures, jobs: int, commercial: bool, fund: bool
) -> tuple[tuple[str, str, int], ...]:
    """Code, type and millionths of the basis of the lines that an employer owes."""
    whose = {"all", "commercial" if commercial else "other"} | (set() if fund else {"no_fund"})
    return tuple(
        (line.code, line.type_large if jobs >= line.large_from else line.type_small, line.ppm)
        for line in figures.employer_lines
        if jobs >= line.from_jobs and line.whose in whose
    )


@lru_cache(maxsize=1 << 10)
def _type_in_force(code: str, employer_class: str, quarter: Quarter) -> str:
    """The first type that the code of a sector fund may have in this class, mostly 0."""
    return min(types(code, employer_class, quarter), default="0")
