"""A release as text, against the tree of the message."""

import re
from pathlib import Path

import pytest
from declared import CATALOGUE, DMFA, Q1_2023, RELEASES, release_of
from documents import reachable, read_element

from schemas.catalogue import Release
from schemas.dimona import DIMONA, NOTIFICATION
from schemas.kind import MessageKind
from schemas.model import Block, Group, Zone
from schemas.quarter import Quarter
from schemas.show import render


@pytest.mark.parametrize("quarter", RELEASES, ids=str)
def test_every_element_is_shown_where_it_stands(quarter: Quarter) -> None:
    lines = list(render(release_of(quarter)))
    named = [re.findall(r"^ *(?:\[\d{5}\]|\d{5}) (\w+) ", line) for line in lines]
    shown = [names[0] for names in named if names]
    assert shown == list(in_order(release_of(quarter).message))
    model = read_element(release_of(quarter).path, "DmfAOriginal")
    assert set(shown) == {element.name for element in reachable(model)}


def in_order(block: Block) -> list[str]:
    return [block.name, *group_in_order(block.content)]


def group_in_order(group: Group) -> list[str]:
    names: list[str] = []
    for part in group.content:
        if isinstance(part, Group):
            names += group_in_order(part)
        else:
            names += [part.name] if isinstance(part, Zone) else in_order(part)
    return names


@pytest.mark.parametrize(
    "line",
    [
        "Multifunctional quarterly declaration, original, release 2023/1",
        "[90169] DmfAOriginal 1  Message",
        "  [90059] Form 1..*  Form",
        "    00218 FormCreationDate 1 date  Form creation date",
        "      [90082] Reference 0..1  Reference",
        "      00015 NetOwedAmount 1 cents  Net amount payable",
        "00084 ContributionCalculationBasis 0..1 cents (inferred)",
        "[90438] ReorgMeasureInformation 0..2",
        "[90413] AdditionalScaleSalary 0..99",
    ],
)
def test_some_lines(line: str) -> None:
    assert any(line.strip() in shown for shown in render(release_of()))


@pytest.mark.parametrize(
    ("message", "line"),
    [
        (DIMONA, "Immediate declaration of employment (Dimona), release 2022/2"),
        (DIMONA, "[90373] DimonaIn 1  Start of a period"),
        (DIMONA, "[90480] DailyRegistrationDeclaration 0..1  Daily registration"),
        (DIMONA, "01135 PlannedHoursNbr 1 whole hours  Planned hours"),
        (DIMONA, "[90022] Address 0..1  Address"),
        (DIMONA, "00024 INSS 0..1 identifier  Social security identification number (INSS)"),
        (NOTIFICATION, "00232 Diagnosis 0..* code  Why a form was refused"),
        (NOTIFICATION, "any element 1"),
        (NOTIFICATION, "01134 ExceedingHoursNbr 1 whole hours (inferred)  Hours beyond the quota"),
    ],
)
def test_some_lines_of_the_dimona(message: MessageKind, line: str) -> None:
    release = CATALOGUE.releases(message)[message.releases[0]]
    assert line in [shown.strip() for shown in render(release)]


def test_the_choice_of_a_worker_record_is_set_in() -> None:
    lines = list(render(release_of(Q1_2023)))
    start = next(at for at, line in enumerate(lines) if "[90012] WorkerRecord" in line)
    depth = indent(lines[start]) + 2
    choice = next(at for at in range(start, len(lines)) if lines[at] == f"{' ' * depth}one of 1")
    branches = []
    for line in lines[choice + 1 :]:
        if indent(line) <= depth:
            break
        if indent(line) == depth + 2:
            branches.append(line.split()[1] if "[" in line else line.strip())
    assert branches == [
        "branch",
        "DismissedStatutoryWorkerContribution",
        "branch",
        "EarlyRetirementContribution",
        "ComplementaryIndemnity",
        "branch",
    ]


def indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def test_what_is_not_known_is_said(tmp_path: Path) -> None:
    path = tmp_path / "DmfAOriginal_20232.xsd"
    path.write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="DmfAOriginal">'
        '<xs:complexType><xs:sequence><xs:element name="New" type="xs:string"/></xs:sequence>'
        "</xs:complexType></xs:element></xs:schema>",
        encoding="utf-8",
    )
    lines = list(render(Release(DMFA, Quarter(2023, 2), path, shipped=False)))
    assert lines[1:] == ["[no number] DmfAOriginal 1", "  no number New 1 unit unknown"]
