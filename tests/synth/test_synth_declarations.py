"""What is generated hangs together, beyond the schema."""

import re
from collections import Counter
from datetime import date

import numpy as np
from lxml import etree

from schemas.quarter import Quarter
from transforms.contribute.schemes import ordinary_rules
from transforms.identifiers import enterprise_valid, inss_valid, nsso_valid, unit_valid
from transforms.money import multiply
from transforms.rates.book import rate_book
from transforms.synth.amounts import ordinary_line, times
from transforms.synth.plan import Draft

ADDED = (
    "ContributionAmount",
    "UnrelatedAmount",
    "StudentContributionAmount",
    "EarlyRetirementContributionAmount",
    "GrossRefRemunContributionAmount",
)
TAKEN_OFF = ("DeductionAmount", "CompensationAmount")
Q1 = Quarter(2023, 1)


def amounts(form: etree._Element, tag: str) -> int:
    return sum(int(element.text or 0) for element in form.iter(tag))


def trees(drafts: list[Draft]) -> list[etree._Element]:
    return [etree.fromstring(draft.content) for draft in drafts]


def test_the_net_amount_is_the_sum_of_what_it_consists_of(
    sample: list[Draft], older_sample: list[Draft]
) -> None:
    for draft in sample + older_sample:
        form = etree.fromstring(draft.content)
        net = sum(amounts(form, t) for t in ADDED) - sum(amounts(form, t) for t in TAKEN_OFF)
        assert (
            int(form.findtext("EmployerDeclaration/NetOwedAmount") or -1) == net == draft.net_owed
        )
        assert net >= 0


def test_deductions_stay_below_the_contributions_of_their_record(sample: list[Draft]) -> None:
    for form in trees(sample):
        for record in form.iter("WorkerRecord"):
            due = amounts(record, "ContributionAmount")
            assert amounts(record, "DeductionAmount") <= due


def test_what_a_draft_tells_is_what_its_form_says(sample: list[Draft]) -> None:
    for draft, form in zip(sample, trees(sample), strict=True):
        assert form.findtext("EmployerDeclaration/NOSSRegistrationNbr") == draft.nsso
        assert draft.remuneration == amounts(form, "RemunAmount")
        assert draft.contributions == amounts(form, "ContributionAmount")
        assert draft.persons == len(list(form.iter("NaturalPerson")))
        assert draft.worker_records == len(list(form.iter("WorkerRecord")))


def test_identifiers_have_their_check_digits(sample: list[Draft]) -> None:
    text = b"".join(draft.content for draft in sample).decode()
    checks = {
        "INSS": inss_valid,
        "NOSSRegistrationNbr": nsso_valid,
        "LocalUnitID": unit_valid,
        "CompanyID": lambda number: number == "0" or enterprise_valid(number),
        "UsingEmployerCompanyID": enterprise_valid,
    }
    for tag, valid in checks.items():
        found = re.findall(f"<{tag}>(.*?)</{tag}>", text)
        assert found
        assert all(valid(number) for number in found), tag


def test_some_workers_were_born_from_2000_and_some_have_a_bis_number(sample: list[Draft]) -> None:
    text = b"".join(draft.content for draft in sample).decode()
    numbers = re.findall(r"<INSS>(\d{11})</INSS>", text)
    born_before = [n for n in numbers if int(n[9:]) == 97 - int(n[:9]) % 97]
    bis = [n for n in numbers if int(n[2:4]) > 12]
    assert 0 < len(born_before) < len(numbers)
    assert 0.01 < len(bis) / len(numbers) < 0.1


KEYS: dict[str, dict[str, tuple[str, ...]]] = {
    "EmployerDeclaration": {
        "NaturalPerson": ("INSS",),
        "CompanyVehicle": ("LicensePlate",),
        "ContributionUnrelatedToNP": ("UnrelatedEmployerClass", "UnrelatedWorkerCode"),
    },
    "NaturalPerson": {"WorkerRecord": ("EmployerClass", "WorkerCode")},
    "WorkerRecord": {
        "Occupation": ("OccupationSequenceNbr",),
        "WorkerContribution": ("ContributionWorkerCode", "ContributionType"),
        "WorkerDeduction": ("DeductionCode",),
        "IndemnityWAPM": ("IndemnityNature", "IncapacityDegree"),
    },
    "Occupation": {
        "Service": ("ServiceCode",),
        "Remun": ("RemunCode", "BonusPaymentFrequency"),
        "OccupationDeduction": ("DeductionCode",),
    },
}


def test_natural_keys_are_unique_in_their_parent(sample: list[Draft]) -> None:
    for form in trees(sample):
        for parent_tag, children in KEYS.items():
            for parent in form.iter(parent_tag):
                for child, zones in children.items():
                    keys = [tuple(c.findtext(z) for z in zones) for c in parent.findall(child)]
                    assert len(keys) == len(set(keys)), (parent_tag, child, keys)


def test_days_fit_the_regime_and_part_timers_declare_hours(sample: list[Draft]) -> None:
    for form in trees(sample):
        for occupation in form.iter("Occupation"):
            regime = int(occupation.findtext("WorkingDaysSystem") or 0)
            part_time = occupation.findtext("ContractType") == "1"
            services = occupation.findall("Service")
            days = sum(int(s.findtext("ServiceNbrDays") or 0) for s in services)
            assert days <= regime * weeks(occupation)
            assert all(int(s.findtext("ServiceNbrDays") or 0) % 50 == 0 for s in services)
            assert not part_time or all(s.find("ServiceNbrHours") is not None for s in services)


def weeks(occupation: etree._Element) -> int:
    """Weeks that an occupation touches, inside the quarter unless it is an indemnity."""
    start = date.fromisoformat(occupation.findtext("OccupationStartingDate") or "")
    text = occupation.findtext("OccupationEndingDate")
    end = date.fromisoformat(text) if text else Q1.last_day
    indemnity = occupation.findtext("Remun/RemunCode") == "003"
    first = start if indemnity else max(start, Q1.first_day)
    assert indemnity or Q1.first_day <= end <= Q1.last_day
    assert first <= end
    return (end - first).days // 7 + 1


def test_ordinary_lines_are_those_of_the_rules(sample: list[Draft]) -> None:
    checked = 0
    counted = {code for listed in ordinary_rules().remuneration_codes for code in listed.codes}
    for form in trees(sample):
        for record in form.iter("WorkerRecord"):
            code, employer_class = record.findtext("WorkerCode"), record.findtext("EmployerClass")
            lines = {
                line.findtext("ContributionWorkerCode"): line
                for line in record.findall("WorkerContribution")
            }
            if code not in ("015", "495") or employer_class not in ("000", "010") or not lines:
                continue
            applied = ordinary_rules().apply(code, employer_class, Q1, rate_book())
            gross = sum(
                int(remun.findtext("RemunAmount") or 0)
                for remun in record.iter("Remun")
                if (remun.findtext("RemunCode") or "").lstrip("0") in counted
            )
            base = applied.base(np.array([gross]))
            line = lines[code]
            assert line.findtext("ContributionType") == applied.scheme.contribution_type
            assert line.findtext("ContributionCalculationBasis") == str(base[0])
            assert line.findtext("ContributionAmount") == str(applied.amount(base)[0])
            checked += 1
    assert checked > 1000


def test_amounts_are_rounded_as_money_is() -> None:
    line = ordinary_line("015", "010", Q1, "100", True, 380_000)
    assert line.known
    for cents in (0, 1, 49, 50, 333_333, 1_234_567, 99_999_999):
        assert line.uplift is not None
        assert line.base(cents) == multiply(np.array([cents]), line.uplift)[0]
        assert times(cents, line.rate) == multiply(np.array([cents]), line.rate)[0]


def test_a_class_without_rates_gets_a_plausible_line() -> None:
    line = ordinary_line("495", "330", Q1, "330.01.20", False, 380_000)
    assert not line.known
    assert line.amount(line.base(100_000)) == 38_000


def test_an_open_structural_category_is_not_known_to_the_cent() -> None:
    assert not ordinary_line("495", "000", Q1, "329.02", False, 380_000).known


def test_the_fourth_quarter_has_year_end_premiums_and_a_holiday_date(
    winter_sample: list[Draft], sample: list[Draft]
) -> None:
    for drafts, many in ((winter_sample, True), (sample, False)):
        codes = Counter(
            remun.findtext("RemunCode") for form in trees(drafts) for remun in form.iter("Remun")
        )
        assert (codes["002"] > 0.4 * codes["001"]) is many
        text = b"".join(draft.content for draft in drafts)
        assert (b"<HolidayStartingDate>" in text) is many
