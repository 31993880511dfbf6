"""What is generated hangs together, beyond the schema."""

import re
from collections import Counter
from datetime import date

from lxml import etree

from schemas.quarter import Quarter
from transforms.identifiers import enterprise_valid, inss_valid, nsso_valid, unit_valid
from transforms.synth.plan import Draft, Plan, drafts

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


def test_the_fourth_quarter_has_year_end_premiums_and_a_holiday_date(
    winter_sample: list[Draft], sample: list[Draft]
) -> None:
    for generated, many in ((winter_sample, True), (sample, False)):
        codes = Counter(
            remun.findtext("RemunCode") for form in trees(generated) for remun in form.iter("Remun")
        )
        assert (codes["002"] > 0.4 * codes["001"]) is many
        text = b"".join(draft.content for draft in generated)
        assert (b"<HolidayStartingDate>" in text) is many


def test_every_employer_has_the_workers_that_are_asked_for() -> None:
    made = list(drafts(Plan(Q1, employers=3, workers=30)))
    assert all(20 <= draft.persons <= 30 for draft in made)
    numbers = [re.findall(rb"<INSS>(\d+)</INSS>", draft.content) for draft in made]
    assert len({inss for inside in numbers for inss in inside}) > 60
