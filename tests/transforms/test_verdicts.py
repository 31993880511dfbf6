"""The verdict on a whole document is that of the official schema.

Documented exceptions: a DOCTYPE and other encodings than UTF-8 and ISO-8859-1 are refused, and a
document is judged by the release that its root names, or by none.

``KWARTAAL_FUZZ_SECONDS`` sets how long each release is tried.
"""

import os
import random
from collections import Counter
from pathlib import Path
from time import monotonic

import pytest
from declared import (
    CATALOGUE,
    DMFA,
    RELEASES,
    XSI,
    document,
    file_of,
    outcome,
    release_of,
    usual_form,
)
from documents import DocumentGenerator, mutate
from lxml import etree
from spelled import naming, sprinkled

from schemas.quarter import Quarter

SECONDS = float(os.environ.get("KWARTAAL_FUZZ_SECONDS", "2"))
LOCATION = f"{{{XSI}}}noNamespaceSchemaLocation"


@pytest.fixture(scope="module")
def official(shared: Path) -> dict[Quarter, etree.XMLSchema]:
    series = shared / "official" / "xsd" / "dmfa" / "series-original"
    return {quarter: etree.XMLSchema(file=str(series / file_of(quarter))) for quarter in RELEASES}


def expected(data: bytes, official: dict[Quarter, etree.XMLSchema]) -> bool:
    """The official verdict, by the release that the document names."""
    try:
        tree = etree.fromstring(data).getroottree()
    except etree.XMLSyntaxError:
        return False
    root = tree.getroot()
    release = CATALOGUE.named(DMFA, root.get(LOCATION, ""))
    excepted = tree.docinfo.internalDTD is not None or data.startswith((b"\xff\xfe", b"\xfe\xff"))
    if excepted or release is None or root.tag != "DmfAOriginal":
        return False
    return official[release.quarter].validate(tree)


@pytest.mark.parametrize("release", RELEASES, ids=str)
def test_verdicts_are_the_official_ones(
    release: Quarter, official: dict[Quarter, etree.XMLSchema]
) -> None:
    rng = random.Random(f"verdicts {release}")
    generator = DocumentGenerator(release_of(release).path, "DmfAOriginal")
    donor = naming(generator.document(rng), release)
    verdicts, changes = Counter[bool](), Counter[str]()
    until = monotonic() + SECONDS
    while monotonic() < until:
        original = naming(generator.document(rng), release)
        assert outcome(original).accepted, original
        for _ in range(8):
            changed, name = mutate(original, rng, donor)
            if rng.random() < 0.2 and name != "other encoding":
                changed = sprinkled(changed, rng)
            verdict = outcome(changed).accepted
            assert verdict == expected(changed, official), f"{name}: {verdict}\n{changed!r}"
            verdicts[verdict] += 1
            changes[name] += 1
        donor = original
    assert min(verdicts[True], verdicts[False]) > 10
    assert len(changes) > 15


CHANGES = (
    b"",
    b"<",
    b">",
    b"/",
    b"&",
    b" ",
    b'"',
    b"\x00",
    b"\xe9",
    b"<Form>",
    b"</Form>",
    b"<!--",
    b"-->",
    b"<![CDATA[",
    b"]]>",
    b"<?",
    b"?>",
    b"<Form/>",
    b"x",
    b"9",
)


@pytest.mark.parametrize("release", RELEASES, ids=str)
def test_bytes_changed_anywhere(release: Quarter, official: dict[Quarter, etree.XMLSchema]) -> None:
    """What a tree cannot say: broken markup, also between forms and around the document."""
    data = document(usual_form(), "<!-- a -->", usual_form(reference="B"), release=release)
    rng = random.Random(f"bytes {release}")
    marks = [at for at, byte in enumerate(data) if byte in b"<>/&"]
    until = monotonic() + SECONDS / 4
    while monotonic() < until:
        at = rng.choice(marks) + rng.randint(0, 1)
        cut = rng.choice((0, 0, 1, 2, 7))
        changed = data[:at] + rng.choice(CHANGES) + data[at + cut :]
        assert outcome(changed).accepted == expected(changed, official), changed


@pytest.mark.parametrize("release", RELEASES, ids=str)
def test_documented_exceptions_are_refused(release: Quarter) -> None:
    data = document(usual_form(), release=release)
    text = data.decode().partition("\n")[2]
    assert outcome(data).accepted
    assert outcome(f"<!DOCTYPE DmfAOriginal>{text}".encode()).code == "doctype"
    wide = f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16")
    assert outcome(wide).code == "encoding"
    elsewhere = data.replace(file_of(release).encode(), b"other.xsd")
    assert outcome(elsewhere).code == "unknown-release"
