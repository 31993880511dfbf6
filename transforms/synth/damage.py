"""Damage to the text of a sound form: it no longer parses, no longer fits the schema, or lies."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Subject:
    """A sound form."""

    text: str
    rng: Random


Change = Callable[[Subject], str | None]
"""A sound form into its damaged text; ``None`` when the form does not lend itself to it."""

_INSS = re.compile(r"<INSS>(\d{11})</INSS>")
_NET = re.compile(r"<NetOwedAmount>(\d+)</NetOwedAmount>")
_QUARTER = re.compile(r"<Quarter>(\d{4})(\d)</Quarter>")
_SEARCHED = 200_000
"""Characters of a form in which a place for a defect is sought."""
_NET_ERROR_MAX = 50_000


def not_well_formed(form: Subject) -> str | None:
    """An end tag in the middle of the form is gone."""
    value = _value(form, "INSS|RemunAmount|UnrelatedAmount|StudentRemunAmount")
    return None if value is None else _spliced(form, value.end(), _end_of_tag(form, value), "")


def truncated_form(form: Subject) -> str | None:
    """The form stops in the middle of a tag."""
    place = form.text.index("<", int(len(form.text) * form.rng.uniform(0.3, 0.9)))
    return form.text[: place + 3] + "\n"


def unknown_element(form: Subject) -> str | None:
    """Before an INSS, or before the quarter."""
    value = _value(form, "INSS") or _value(form, "Quarter")
    if value is None:
        return None
    tag = form.text.rindex("<", 0, value.start())
    return _spliced(form, tag, tag, "<Profession>12</Profession>")


def missing_mandatory(form: Subject) -> str | None:
    return re.sub(r"\s*<CompanyID>\d+</CompanyID>", "", form.text, count=1)


def wrong_order(form: Subject) -> str | None:
    """CompanyID before Trusteeship."""
    return re.sub(
        r"(<Trusteeship>.*?</Trusteeship>)(\s*)(<CompanyID>.*?</CompanyID>)",
        r"\3\2\1",
        form.text,
        count=1,
    )


def bad_date(form: Subject) -> str | None:
    """The thirtieth of February."""
    value = _value(form, "FormCreationDate|OccupationStartingDate|NOSSQuarterStartingDate")
    return _replaced(form, value, lambda text: f"{text[:4]}-02-30")


def bad_number(form: Subject) -> str | None:
    """A decimal comma in an amount."""
    value = _value(form, "NetOwedAmount|RemunAmount|ContributionAmount")
    return _replaced(form, value, lambda text: f"{text},5")


def out_of_range(form: Subject) -> str | None:
    value = _value(form, "Trusteeship|Border|ContractType|Retired")
    return _replaced(form, value, lambda _: "7")


def bad_enumeration(form: Subject) -> str | None:
    value = _value(form, "TypeForm|Identification|AttestationStatus")
    return _replaced(form, value, lambda _: "9")


def empty_numeric(form: Subject) -> str | None:
    """A mandatory zone: empty optional ones are tolerated by the official validator."""
    value = _value(form, "NetOwedAmount|RemunAmount|ServiceNbrDays")
    return _replaced(form, value, lambda _: "")


def attribute(form: Subject) -> str | None:
    return form.text.replace("<EmployerDeclaration>", '<EmployerDeclaration version="1">', 1)


def wrong_quarter(form: Subject) -> str | None:
    """The quarter before; nothing else changes."""

    def earlier(found: re.Match[str]) -> str:
        year, number = int(found[1]), int(found[2])
        year, number = (year, number - 1) if number > 1 else (year - 1, 4)
        return f"<Quarter>{year}{number}</Quarter>"

    return _QUARTER.sub(earlier, form.text, count=1)


def duplicate_declaration(form: Subject) -> str | None:
    """Nothing changes: the form comes twice."""
    return form.text


def bad_inss_check_digit(form: Subject) -> str | None:
    found = _INSS.search(form.text)
    if found is None:
        return None
    body, check = found[1][:9], int(found[1][9:])
    both = {97 - int(body) % 97, 97 - int("2" + body) % 97}
    wrong = next(n for n in range(1, 98) if n != check and n not in both)
    return form.text[: found.start()] + f"<INSS>{body}{wrong:02}</INSS>" + form.text[found.end() :]


def duplicate_person(form: Subject) -> str | None:
    """The second person gets the INSS of the first."""
    persons = re.finditer(r"</NaturalPersonSequenceNbr>\s*<INSS>(\d{11})", form.text)
    first, second = next(persons, None), next(persons, None)
    if first is None or second is None:
        return None
    return form.text[: second.start(1)] + first[1] + form.text[second.end(1) :]


def wrong_net_amount(form: Subject) -> str | None:
    error = form.rng.randrange(1, _NET_ERROR_MAX)
    return _raised_net(form.text, error)


def _raised_net(text: str, error: int) -> str:
    """The net amount ``error`` cents higher."""
    return _NET.sub(lambda m: f"<NetOwedAmount>{int(m[1]) + error}</NetOwedAmount>", text, count=1)


def _value(form: Subject, tags: str) -> re.Match[str] | None:
    """The text of one of the elements ``A|B``, anywhere in the first part of the form."""
    values = list(re.finditer(f"(?<=<)(?:{tags})>([^<]*)", form.text[:_SEARCHED]))
    return form.rng.choice(values) if values else None


def _replaced(
    form: Subject, value: re.Match[str] | None, other: Callable[[str], str]
) -> str | None:
    return None if value is None else _spliced(form, value.start(1), value.end(1), other(value[1]))


def _spliced(form: Subject, start: int, end: int, text: str) -> str:
    return form.text[:start] + text + form.text[end:]


def _end_of_tag(form: Subject, value: re.Match[str]) -> int:
    return form.text.index(">", value.end()) + 1
