"""Control totals counted in bytes, against those counted in the tree."""

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
    usual_form,
)
from lxml import etree
from spelled import valid_documents

from schemas.quarter import Quarter
from transforms.control import Totals, count_form
from transforms.judge import Judged


def counted(element: etree._Element) -> Totals:
    """By the meaning of the XML, without comments, sections and instructions."""

    def number(name: str) -> int:
        return sum(1 for _ in element.iter(name))

    def cents(name: str) -> int:
        return sum(int("".join(node.itertext()).strip() or 0) for node in element.iter(name))

    return Totals(
        number("NaturalPerson"),
        number("WorkerRecord"),
        cents("NetOwedAmount"),
        cents("RemunAmount"),
        cents("ContributionAmount"),
    )


def accepted(data: bytes) -> Judged:
    (judged,) = outcome(data).judged
    assert judged.accepted, judged.findings
    return judged


@pytest.mark.parametrize("release", RELEASES, ids=str)
def test_totals_are_those_of_the_tree(release: Quarter) -> None:
    sums = Totals()
    for data in valid_documents(release, f"totals {release}", 100):
        for judged in outcome(data).judged:
            assert judged.element is not None, judged.findings
            assert count_form(judged.content) == counted(judged.element), judged.content.decode()
            sums += counted(judged.element)
    assert min(sums.persons, sums.remuneration, sums.contributions) > 0


PAID = document(form(person(record(occupation(remun(1200)), contribution(34, 100))), net=34))
WHOLE = Totals(1, 1, 34, 1200, 34)


def test_a_plain_form() -> None:
    assert count_form(accepted(PAID).content) == WHOLE


@pytest.mark.parametrize(
    "written",
    [
        "<!-- <NaturalPerson> -->1200",
        "12<!-- 3 -->00",
        "12<?a b?>00",
        "<?a <NaturalPerson>?>1200",
        "<?a <RemunAmount>7</RemunAmount>?>1200",
        "<![CDATA[1200]]>",
        "12<![CDATA[00]]>",
        "&#49;200",
        "&#x31;200",
        " 1200\n",
        "+1200",
        "0001200",
    ],
)
def test_an_amount_spelled_otherwise(written: str) -> None:
    data = PAID.replace(b">1200<", f">{written}<".encode())
    assert count_form(accepted(data).content) == WHOLE


def test_references_in_texts_do_no_harm() -> None:
    data = document(usual_form(reference="a &lt;WorkerRecord&gt; &amp; b"))
    assert count_form(accepted(data).content) == Totals(1, 1, 0, 900_000, 342_900)


@pytest.mark.parametrize(
    "attribute",
    [
        b'xsi:noNamespaceSchemaLocation="a.xsd"',
        b'xsi:noNamespaceSchemaLocation="a>b"',
        b"xsi:schemaLocation='a <!-- --> b'".replace(b"<", b"&lt;"),
    ],
)
def test_attributes_that_a_schema_cannot_forbid(attribute: bytes) -> None:
    data = PAID.replace(b"<RemunAmount>", b"<RemunAmount " + attribute + b">")
    data = data.replace(b"<WorkerRecord>", b"<WorkerRecord " + attribute + b">")
    assert count_form(accepted(data).content) == WHOLE


@pytest.mark.parametrize("extra", [b"", b"<!-- a comment -->"])
def test_the_schema_instance_prefix_may_have_another_name(extra: bytes) -> None:
    data = PAID.replace(b"xmlns:xsi", b"xmlns:i").replace(b"xsi:no", b"i:no")
    data = data.replace(b"<Form>", b'<Form i:noNamespaceSchemaLocation="x">' + extra)
    assert count_form(accepted(data).content) == WHOLE


def test_a_zone_may_be_empty_of_digits_only_where_the_schema_says() -> None:
    data = document(form(person(record(occupation(), contribution(0)))))
    assert count_form(accepted(data).content) == Totals(1, 1, 0, 0, 0)


def test_totals_add_up() -> None:
    assert Totals(1, 2, 3, 4, 5) + Totals(10, 20, 30, 40, 50) == Totals(11, 22, 33, 44, 55)
