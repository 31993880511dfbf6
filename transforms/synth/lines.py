"""Contribution lines of a worker record."""

from transforms.synth.amounts import OrdinaryLine, ordinary_line, part
from transforms.synth.desk import Desk
from transforms.synth.terms import MANUAL_CODE, WHITE_CODE, Terms

_ALL_BRANCHES = frozenset((MANUAL_CODE, WHITE_CODE))
_AT_108 = frozenset((MANUAL_CODE, "027", "035"))
_FLEXI = frozenset(("050", "450"))
_REMEMBERED = 3
"""Ordinary lines kept for the defect that falsifies one."""


def contribution_lines(desk: Desk, terms: Terms, gross: int) -> str:
    """The lines of a record with ``gross`` cents subject to contributions."""
    line = _line_of(desk, terms)
    base = line.base(gross)
    amount = desk.contribute(line.amount(base))
    text = desk.blocks.contribution((terms.worker_code, line.contribution_type, base, amount))
    if line.known and len(desk.ledger.ordinary) < _REMEMBERED:
        desk.ledger.ordinary.append((text, amount))
    if terms.worker_code in _ALL_BRANCHES and desk.employer.sector.kind != "public":
        return text + _other_lines(desk, terms, base)
    return text


def extra_line(desk: Desk, kind: str) -> str:
    """A line that few workers have: ``888/0`` is code and type."""
    code, contribution_type = kind.split("/")
    base = desk.within("extra_line")
    amount = desk.contribute(part(base, desk.figures.whole("extra_line_ppm")))
    return desk.blocks.contribution((code, contribution_type, base, amount))


def _line_of(desk: Desk, terms: Terms) -> OrdinaryLine:
    code = terms.worker_code
    name = "flexi_ppm" if code in _FLEXI else "unknown_rate_ppm"
    return ordinary_line(
        code,
        terms.employer_class,
        desk.quarter,
        terms.committee,
        code in _AT_108 and desk.employer.sector.kind != "public",
        desk.figures.whole(name),
    )


def _other_lines(desk: Desk, terms: Terms, base: int) -> str:
    jobs, sector, block = desk.employer.jobs, desk.employer.sector, desk.blocks.contribution
    contribute = desk.contribute
    lines = [
        block(
            (
                line.code,
                line.type_large if jobs >= line.large_from else line.type_small,
                base,
                contribute(part(base, line.ppm)),
            )
        )
        for line in desk.figures.employer_lines
        if jobs >= line.from_jobs
    ]
    fund = sector.fund_manual if terms.manual else sector.fund_white
    if fund:
        amount = contribute(part(base, desk.figures.whole("fund_ppm")))
        lines.append(block((fund, 0, base, amount)))
    if desk.hit("contribution_856"):
        amount = contribute(desk.within("contribution_856"))
        lines.append(block(("856", 0, None, amount)))
    if desk.hit("extra_line"):
        lines.append(extra_line(desk, desk.pick("extra_line")))
    return "".join(lines)
