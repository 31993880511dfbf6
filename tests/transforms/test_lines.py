"""Lines of start tags counted in bytes, against those of a tree that is small enough to know."""

import pytest
from declared import (
    RELEASES,
    contribution,
    document,
    form,
    occupation,
    outcome,
    person,
    record,
    remun,
    service,
    shredded,
    usual_form,
)
from lxml import etree
from spelled import valid_documents

from schemas.quarter import Quarter
from transforms.lines import TREE_LINES, tag_lines

BLOCKS = ("Form", "EmployerDeclaration", "NaturalPerson", "WorkerRecord", "Occupation", "Remun")


@pytest.mark.parametrize("release", RELEASES, ids=str)
def test_lines_are_those_of_a_small_tree(release: Quarter) -> None:
    for data in valid_documents(release, f"lines {release}", 40):
        elements = list(etree.fromstring(data).iter("*"))
        every = [element.sourceline for element in elements]
        assert tag_lines(data, 1).tolist() == every
        blocks = [element.sourceline for element in elements if element.tag in BLOCKS]
        assert tag_lines(data, 1, BLOCKS).tolist() == blocks


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"", []),
        (b"<a/>", [7]),
        (b"\n<a>\n<b/>\n</a>", [8, 9]),
        (b"<!-- <a>\n -->\n<a/>", [9]),
        (b"<a><![CDATA[<b>\n]]>\n<b/></a>", [7, 9]),
        (b"<?t <a>\n?><a/>", [8]),
        (b"<a>\r\n<ab/>\r\n<b\n/></a>", [7, 8, 9]),
    ],
)
def test_some_lines(content: bytes, lines: list[int]) -> None:
    assert tag_lines(content, 7).tolist() == lines


def test_a_name_is_a_whole_name() -> None:
    content = b"<ab/>\n<a/>\n<a >\n<a\n>\n<aa/></a></a>"
    assert tag_lines(content, 1, ["a"]).tolist() == [2, 3, 4]


def long_form() -> str:
    """A worker with so many lines that a tree cannot number them."""
    worked = occupation(*(service(100) for _ in range(13_500)), remun(100), remun(200))
    return form(person(record(worked, contribution(1, 1))))


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_rows_of_a_long_form_have_their_lines(newline: str) -> None:
    text = document(usual_form(), long_form(), usual_form())
    data = text.replace(b"\n", newline.encode())
    wanted = [at for at, line in enumerate(data.split(b"\n"), 1) if b"<Remun>" in line]
    assert wanted[1] > TREE_LINES
    assert shredded(data).tables["remun"].column("line").to_pylist() == wanted


def test_errors_in_a_long_form_have_their_lines() -> None:
    wrong = long_form().replace("<RemunAmount>200</RemunAmount>", "<Fax/>")
    wrong = wrong.replace("<ContributionWorkerCode>495</ContributionWorkerCode>", "")
    data = document(usual_form(), wrong)
    lines = data.split(b"\n")
    fax = next(at for at, line in enumerate(lines, 1) if b"<Fax/>" in line)
    kind = next(
        at for at, line in enumerate(lines, 1) if at > fax and b"<ContributionType>" in line
    )
    findings = outcome(data).judged[1].findings
    assert [(finding.code, finding.line) for finding in findings] == [
        ("90019-146", fax),
        ("00082-001", kind),
    ]
