"""What to generate, and the forms of a plan as a stream of bytes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random

from schemas.quarter import Quarter
from transforms.synth.batch import Batch, Sheet, uncollected
from transforms.synth.blocks import Blocks
from transforms.synth.damage import Subject
from transforms.synth.days import quarter_index, quarter_span
from transforms.synth.defects import BY_NAME, Defect, chosen, instead
from transforms.synth.desk import Desk
from transforms.synth.employers import EMPLOYERS_MAX, make_employer
from transforms.synth.facts import Facts
from transforms.synth.figures import figures
from transforms.synth.form import Form
from transforms.synth.law import law
from transforms.synth.releases import Release, release_of
from transforms.synth.sizes import jobs_of
from transforms.synth.xml import COMPACT, INDENTED, Layout

_ROUNDING = 1e-9
_BATCH = 16_000_000
"""Characters of the forms whose amounts are computed together."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A synthetic quarter of ``employers`` declarations.

    ``defects``: share of forms for each name of ``defects.DEFECTS``. ``release`` is the one of
    the quarter when it is not given. ``workers``: jobs of every employer, in place of the sizes
    of a country; a form of very many is made in memory as a whole.
    """

    quarter: Quarter
    employers: int
    seed: int = 0
    release: Release | None = None
    defects: Mapping[str, float] = field(default_factory=dict)
    forms_per_file: int = 1
    indent: bool = True
    workers: int | None = None

    def __post_init__(self) -> None:
        """``ValueError`` for unknown defects, shares above 1 together, too many employers."""
        unknown = set(self.defects) - set(BY_NAME)
        if unknown:
            raise ValueError(f"unknown defects: {', '.join(sorted(unknown))}")
        if sum(self.defects.values()) > 1 + _ROUNDING:
            raise ValueError("the shares of the defects add up to more than 1")
        if not 0 <= self.employers <= EMPLOYERS_MAX or self.forms_per_file < 1:
            raise ValueError(f"0 to {EMPLOYERS_MAX} employers, with 1 form a file or more")
        if self.workers is not None and self.workers < 1:
            raise ValueError("an employer has 1 worker or more")


@dataclass(frozen=True, slots=True)
class Draft:
    """One form with what is known about it; amounts in cents.

    ``remuneration`` sums RemunAmount, ``contributions`` sums ContributionAmount. All but
    ``content`` and ``defect`` are those of the sound form. ``facts`` are not in the form.
    """

    content: bytes
    employer: int
    nsso: str
    net_owed: int
    remuneration: int
    contributions: int
    persons: int
    worker_records: int
    facts: Facts
    defect: str | None = None


def drafts(plan: Plan, first: int = 0, last: int | None = None) -> Iterator[Draft]:
    """The forms of employers ``first`` up to but not including ``last``, in order.

    The same bytes whatever the range: nothing is carried from one employer to the next. Long
    ranges are faster, since amounts are computed for many forms together.
    """
    return drafts_of(plan, range(first, plan.employers if last is None else last))


def drafts_of(plan: Plan, employers: Iterable[int]) -> Iterator[Draft]:
    """The forms of some employers."""
    wanted = iter(employers)
    while sheets := _sheets(plan, wanted):
        for sheet in sheets:
            draft = _draft(plan, sheet)
            yield draft
            if draft.defect and BY_NAME[draft.defect].copies > 1:
                yield draft


def forms(plan: Plan, first: int = 0, last: int | None = None) -> Iterator[bytes]:
    """The serialized ``<Form>`` elements of ``drafts``; defects of files are not in them."""
    for draft in drafts(plan, first, last):
        yield draft.content


def planned_defect(plan: Plan, employer: int) -> Defect | None:
    """What is going to be wrong with the form of an employer, before it is written."""
    if not plan.defects:
        return None
    return chosen(plan.defects, _defect_rng(plan, employer).random())


def jobs_planned(plan: Plan, employer: int) -> tuple[int, int]:
    """Jobs of an employer, and of all employers with a smaller number."""
    if plan.workers is None:
        return jobs_of(figures(), employer)
    return plan.workers, employer * plan.workers


def fresh_blocks(plan: Plan) -> Blocks:
    """Blocks that keep nothing yet, in the layout and the release of a plan."""
    return Batch(layout(plan), schema_release(plan).label).blocks


def layout(plan: Plan) -> Layout:
    return INDENTED if plan.indent else COMPACT


def schema_release(plan: Plan) -> Release:
    return plan.release or release_of(plan.quarter)


def _sheets(plan: Plan, employers: Iterator[int]) -> list[Sheet]:
    """The next forms, as many as are computed together well; none after the last one."""
    batch = Batch(layout(plan), schema_release(plan).label)
    with uncollected():
        for index in employers:
            batch.write(desk_for(plan, batch.blocks, index))
            if batch.characters >= _BATCH:
                break
        return batch.fill()


def _draft(plan: Plan, sheet: Sheet) -> Draft:
    form, desk = sheet.form, sheet.desk
    text, defect = _spoiled(plan, sheet)
    return Draft(
        text.encode(),
        desk.employer.index,
        desk.employer.nsso,
        form.net,
        desk.ledger.remuneration,
        form.contributions,
        desk.ledger.persons,
        desk.ledger.records,
        sheet.facts,
        defect.name if defect else None,
    )


def _spoiled(plan: Plan, sheet: Sheet) -> tuple[str, Defect | None]:
    """The text of a form with its defect, if one is planned and the form lends itself to it."""
    index, form = sheet.desk.employer.index, sheet.form
    defect = planned_defect(plan, index)
    if defect is None or defect.level == "file":
        return form.text(), defect
    rng = _defect_rng(plan, index)
    if defect.falsify is not None:
        return _falsified(plan, form, defect, rng)
    text = form.text()
    damaged = defect.change(Subject(text, rng)) if defect.change else None
    return (text, None) if damaged is None else (damaged, defect)


def _falsified(plan: Plan, form: Form, drawn: Defect, rng: Random) -> tuple[str, Defect | None]:
    """A form with a wrong amount: of the kind drawn, or of the next that it lends itself to."""
    for defect in instead(plan.defects, drawn, rng.random()):
        wrong = defect.falsify(form, rng) if defect.falsify else None
        if wrong is not None:
            return wrong.text(), defect
    return form.text(), None


def _defect_rng(plan: Plan, index: int) -> Random:
    return Random(f"{plan.seed}/{plan.quarter}/{index}/defect")


def desk_for(plan: Plan, book: Blocks, index: int) -> Desk:
    """Where the form of an employer is made, with blocks that keep what it writes."""
    known, quarter, release = figures(), plan.quarter, schema_release(plan)
    year, number = known.values["wage_year"]
    when = quarter_index(quarter)
    growth = (1 + known.number["wage_growth"]) ** (when - int(year * 4 + number - 1))
    return Desk(
        figures=known,
        blocks=book,
        law=law(quarter),
        seed=plan.seed,
        quarter=quarter,
        index=when,
        span=quarter_span(when),
        first_day=quarter.first_day.isoformat(),
        last_day=quarter.last_day.isoformat(),
        wage_level=known.number["wage_median"] * growth,
        wage_floor=int(known.number["wage_floor"] * growth),
        agency_users=release.agency_users,
        compensations=release.compensations
        and int(quarter.wire) in known.values["compensation_quarters"],
        employer=make_employer(known, plan.seed, index, *jobs_planned(plan, index)),
        rng=Random(f"{plan.seed}/{quarter}/{index}"),
    )
