"""Who a form is about: read from an accepted form, glimpsed in a refused one."""

from time import process_time

import pytest
from declared import (
    COMPANY,
    DMFA,
    NSSO,
    RELEASES,
    document,
    form,
    outcome,
    release_of,
    unrelated,
    usual_form,
)
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from spelled import valid_documents

from schemas.model import Zone
from schemas.quarter import Quarter
from transforms.identify import Identity, glimpse, identify, identify_bytes

WHOLE = Identity("2023Q1", NSSO, "0", "REF-1")


def of(content: str) -> Identity:
    return identify(etree.fromstring(content), DMFA)


def test_a_form_says_who_and_what_it_is_about() -> None:
    assert of(usual_form(reference="REF-1")) == WHOLE


@pytest.mark.parametrize(
    ("nsso", "company", "employer"),
    [
        ("112367321", COMPANY, "112367321"),
        ("1000030", "0", "001000030"),
        ("0", COMPANY, COMPANY),
        ("0", "341367348", "0341367348"),
        ("000000000", COMPANY, COMPANY),
        (" 112367321\n", COMPANY, "112367321"),
    ],
)
def test_an_employer_is_known_by_one_number(nsso: str, company: str, employer: str) -> None:
    content = form(unrelated(1), nsso=nsso, company=company)
    assert of(content).employer == employer
    assert glimpse(content.encode(), DMFA).employer == employer


def test_without_reference_there_is_none() -> None:
    assert of(usual_form()).reference is None
    assert of(form(unrelated(1), trusteeship=1)).trusteeship == "1"


@pytest.mark.parametrize("release", RELEASES, ids=str)
def test_bytes_tell_the_identity_of_a_plain_form(release: Quarter) -> None:
    seen = 0
    for data in valid_documents(release, f"identity {release}", 60):
        for judged in outcome(data).judged:
            if judged.plain:
                assert judged.element is not None
                assert identify_bytes(judged.content, DMFA) == identify(judged.element, DMFA)
                seen += 1
    assert seen > 5


@pytest.mark.parametrize("reference", ["R", " R ", " ", "", None])
def test_bytes_tell_a_reference(reference: str | None) -> None:
    content = usual_form(reference=reference)
    assert identify_bytes(content.encode(), DMFA) == of(content)


@pytest.mark.parametrize("release", RELEASES, ids=str)
def test_zones_that_identify_stand_before_blocks(release: Quarter) -> None:
    form = next(b for b in release_of(release).message.blocks if b.name == DMFA.form)
    blocks = {block.name: block for _, block in form.walk()}
    paths = DMFA.identity
    for path in (paths.quarter, paths.employer, paths.company, paths.trusteeship, paths.reference):
        block, zone = path.split("/")
        kinds = [isinstance(particle, Zone) for particle in blocks[block].content.content]
        assert sorted(kinds, reverse=True) == kinds
        assert zone in [one.name for one in blocks[block].zones]


def test_a_glimpse_of_a_good_form_is_its_identity() -> None:
    for text in (usual_form(reference="REF-1"), form(unrelated(1), nsso="0", trusteeship=1)):
        assert glimpse(text.encode(), DMFA) == of(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<Border>0</Border>", "<Border>9</Border>"),
        ("</NaturalPerson>", ""),
        ("</Form>", ""),
        ("<EmployerDeclaration>", "<Unknown><EmployerDeclaration>"),
    ],
)
def test_a_glimpse_of_a_broken_form(old: str, new: str) -> None:
    content = usual_form(reference="REF-1").replace(old, new)
    assert glimpse(content.encode(), DMFA) == WHOLE


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("<Quarter>20231<", "<Quarter>first<", "quarter"),
        ("<Quarter>20231<", "<Quarter><", "quarter"),
        (f"<NOSSRegistrationNbr>{NSSO}<", "<NOSSRegistrationNbr>mine<", "employer"),
        ("<ReferenceNbr>REF-1<", f"<ReferenceNbr>{'x' * 1000}<", "reference"),
    ],
)
def test_what_cannot_be_read_is_not_guessed(old: str, new: str, field: str) -> None:
    content = usual_form(reference="REF-1").replace(old, new)
    assert getattr(glimpse(content.encode(), DMFA), field) is None


def test_nothing_at_all() -> None:
    assert glimpse(b"", DMFA) == Identity(None, None, None, None)


@given(st.binary(max_size=60), st.sampled_from(["Quarter", "NOSSRegistrationNbr", "CompanyID"]))
def test_a_glimpse_never_fails(content: bytes, name: str) -> None:
    tag = name.encode()
    glimpse(b"<%b>%b</%b>" % (tag, content, tag), DMFA)


@pytest.mark.parametrize("filler", [b" ", b"\n", b"<", b"x"])
def test_a_glimpse_takes_time_as_the_length_of_the_form(filler: bytes) -> None:
    """A form that was refused may be hostile: four times as long, not sixteen times as slow."""
    short, long = (seconds(b"<Quarter>" + filler * length + b"<x>") for length in (1000, 4000))
    assert long < 0.01 + 8 * short


def seconds(content: bytes) -> float:
    started = process_time()
    glimpse(content, DMFA)
    return process_time() - started


def test_the_identity_of_a_judged_form() -> None:
    (judged,) = outcome(document(usual_form(reference="REF-1"))).judged
    assert judged.element is not None
    assert identify(judged.element, DMFA) == glimpse(judged.content, DMFA) == WHOLE
