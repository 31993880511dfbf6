"""Records of public administrations: contractual and statutory staff."""

from transforms.synth.amounts import part
from transforms.synth.days import iso
from transforms.synth.desk import Desk
from transforms.synth.occupations import Extras, occupation
from transforms.synth.people import Holder
from transforms.synth.records import ordinary_record, whole_stretch, wrap
from transforms.synth.terms import Terms

_DUTCH, _FRENCH = 1, 2
_MONTHS_A_YEAR = 12
_BOTH_MEASURES = "599"
_MEASURES = (("4", 2000), ("514", 8000))
"""Two measures at once, with their shares in hundredths of a percent."""
_SINCE_2011 = 734138
"""1 January 2011 as an ordinal: public-sector data do not start earlier (zone 00964)."""


def contractual_record(desk: Desk, terms: Terms, person: Holder) -> str:
    """Contractual staff: second-pillar data beside an ordinary occupation."""
    home = None if person.job % 8 else 10_000
    pillar = desk.blocks.second_pillar((desk.first_day[:7], terms.wage, home, _language(desk)))
    stretch = whole_stretch(desk, terms, person)
    extras = Extras(after_informations=pillar, deductible=False)
    return ordinary_record(desk, terms, person, [stretch], extras)


def statutory_record(desk: Desk, terms: Terms, person: Holder) -> str:
    """Statutory staff: career data, the pension contribution, the trade-union premium."""
    extras = Extras(after_pay=_career(desk, terms, person), deductible=False)
    if terms.part_time and desk.hit("two_measures"):
        extras.measure = _BOTH_MEASURES
        extras.after_pay += "".join(desk.blocks.reorg_measure(row) for row in _MEASURES)
    piece = occupation(desk, terms, person, whole_stretch(desk, terms, person), 1, extras)
    lines = _statutory_lines(desk, terms, piece.gross) if piece.gross else ""
    return wrap(desk, terms, piece.text + lines)


def _career(desk: Desk, terms: Terms, person: Holder) -> str:
    blocks, start = desk.blocks, iso(max(person.first, _SINCE_2011))
    reference = 100_000_000_000 + (person.job * 7919 + terms.wage) % 899_999_999_999
    yearly = terms.wage * _MONTHS_A_YEAR
    supplement = ""
    if person.job % 5 == 0:
        supplement = blocks.additional_scale_salary((start, reference + 1, 500, yearly // 20))
    scale = blocks.scale_salary((start, start[:7], reference, yearly), supplement)
    grade = "Technisch assistent" if terms.manual else "Secretaire administratif"
    institution = _institution(desk)
    return blocks.public_service((start, institution, 1, grade, _language(desk), 0, 1), scale)


def _statutory_lines(desk: Desk, terms: Terms, gross: int) -> str:
    block, whole = desk.blocks.contribution, desk.figures.whole
    rows = (
        (terms.worker_code, 0, gross, part(gross, whole("statutory_ppm"))),
        ("815", 1, gross, part(gross, whole("pension_ppm"))),
        ("850", 0, None, whole("union_premium")),
    )
    return "".join([block(row) for row in rows])


def _language(desk: Desk) -> int:
    return _FRENCH if desk.employer.index % 5 < 2 else _DUTCH


def _institution(desk: Desk) -> int:
    """Annex 42: a commune, Walloon where its language is French and Flemish elsewhere."""
    return 30 if _language(desk) == _FRENCH else 20
