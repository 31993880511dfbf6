"""The figures are well kept, and what is generated has the shape they describe."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from lxml import etree

import transforms.synth
from schemas.quarter import Quarter
from transforms.synth.figures import FigureError, figures, read_figures
from transforms.synth.plan import Draft, Plan, drafts_of
from transforms.synth.sizes import jobs, jobs_of

FOLDER = Path(transforms.synth.__file__).parent
CODE = "".join(file.read_text() for file in FOLDER.rglob("*.py"))


def test_sizes_are_distributed_as_the_figures_say() -> None:
    sizes = jobs(figures(), 0, 100_000)
    for size in figures().sizes:
        share = np.mean((sizes >= size.low) & (sizes < size.high))
        assert share == pytest.approx(size.share, abs=0.001)
    assert 17.5 < sizes.mean() < 19.5
    assert sizes.min() == 1
    assert sizes.max() < 20_000


@pytest.mark.parametrize("employers", [500, 5_000, 240_000])
def test_a_part_of_the_country_has_its_mean_size(employers: int) -> None:
    assert 17.5 < jobs(figures(), 0, employers).mean() < 19.5


def test_every_figure_is_used() -> None:
    known = figures()
    for name in known.number:
        assert f'"{name}"' in CODE, name
    for name in [*known.table, *known.ranges, *known.values]:
        assert f'"{name}"' in CODE or name in {s.tenure for s in known.sectors}, name


@pytest.mark.parametrize(
    "broken",
    [
        b"numbers: {sickness: {value: 0.1}}",
        b"numbers: {sickness: {value: 0.1, source: ''}}",
        b"numbers: {sickness: {value: 0.1, source: F1, unit: days}}",
    ],
)
def test_a_figure_without_a_source_or_with_more_is_refused(broken: bytes) -> None:
    rest = b"\ntables: {}\nlists: {}\nranges: {}\nsizes: []\nsectors: []\nemployer_lines: []\n"
    with pytest.raises(FigureError, match="sickness"):
        read_figures(broken + rest)


def test_jobs_are_what_they_are_in_the_country() -> None:
    codes: Counter[str] = Counter()
    part_time: Counter[str | None] = Counter()
    classes: Counter[str | None] = Counter()
    wages: list[float] = []
    for form in small_employers(Plan(Quarter(2022, 3), 350, seed=1)):
        classes.update(element.text for element in form.iter("EmployerClass"))
        codes.update((element.text or "?")[0] for element in form.iter("WorkerCode"))
        for occupation in form.iter("Occupation"):
            part_time[occupation.findtext("ContractType")] += 1
            if full_quarter(occupation):
                wages.append(int(occupation.findtext("Remun/RemunAmount") or 0) / 3)
    records = classes.total()
    assert (classes["000"] + classes["010"]) / records > 0.5
    assert 0.2 < codes["0"] / records < 0.55
    assert 0.2 < part_time["1"] / part_time.total() < 0.5
    assert 330_000 < median(wages) < 430_000


def small_employers(plan: Plan) -> Iterator[etree._Element]:
    """Forms of employers that no single one of them outweighs."""
    small = [n for n in range(plan.employers) if jobs_of(figures(), n)[0] < 200]
    return (etree.fromstring(draft.content) for draft in drafts_of(plan, small))


def full_quarter(occupation: etree._Element) -> bool:
    return (
        occupation.findtext("ContractType") == "0"
        and occupation.findtext("Remun/RemunCode") == "001"
        and int(occupation.findtext("Service/ServiceNbrDays") or 0) >= 6300
    )


def test_persons_who_work_elsewhere_too_are_few() -> None:
    persons = Counter(
        inss.text
        for form in small_employers(Plan(Quarter(2023, 1), 600, seed=4))
        for inss in form.iterfind("EmployerDeclaration/NaturalPerson/INSS")
    )
    shared = sum(count for count in persons.values() if count > 1) / persons.total()
    assert 0.005 < shared < 0.06


def codes_of(file: Path, column: str, first: str, last: str, quarter: str) -> set[str]:
    with file.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return {row[column].lstrip("0") for row in rows if row[first] <= quarter <= row[last]}


@pytest.mark.parametrize(
    ("annex", "column", "tag"),
    [
        ("annex-4.csv", "deduction_code", "DeductionCode"),
        ("annex-8.csv", "code", "ServiceCode"),
        ("annex-2.csv", "code", "WorkerCode"),
        ("annex-2.csv", "code", "ContributionWorkerCode"),
        ("annex-2.csv", "code", "UnrelatedWorkerCode"),
        ("annex-21.csv", "code", "WorkerStatus"),
        ("secondary/annex-26.csv", "code", "JointCommissionNbr"),
    ],
)
def test_codes_are_in_their_annex(
    annex: str, column: str, tag: str, sample: list[Draft], shared: Path
) -> None:
    file = shared / "official" / "codelists" / annex
    known = codes_of(file, column, "valid_from_quarter", "valid_to_quarter", "2023/1") | {"999"}
    text = b"".join(draft.content for draft in sample).decode()
    used = {code.lstrip("0") for code in re.findall(f"<{tag}>(.*?)</{tag}>", text)}
    assert used
    assert used <= known


def test_classes_allow_their_worker_codes(sample: list[Draft], shared: Path) -> None:
    file = shared / "official" / "codelists" / "employer_class_worker_code.csv"
    with file.open(newline="", encoding="utf-8") as lines:
        allowed = {(row["employer_class"], row["worker_code"]) for row in csv.DictReader(lines)}
    for draft in sample:
        for record in etree.fromstring(draft.content).iter("WorkerRecord"):
            if record.find("Occupation") is not None:
                pair = record.findtext("EmployerClass"), record.findtext("WorkerCode")
                assert pair in allowed
