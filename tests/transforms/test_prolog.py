"""The start of a document: what is accepted, and what is refused before anything is parsed."""

import gzip
import io
import zipfile

import pytest
from declared import DMFA, XSI, document, usual_form
from hypothesis import given
from hypothesis import strategies as st

from transforms.findings import Finding
from transforms.limits import PROLOG_BYTES
from transforms.prolog import Prolog, read_prolog

ROOT = b"<DmfAOriginal>"
GOOD = document(usual_form())
BOM = b"\xef\xbb\xbf"


def accepted(head: bytes) -> Prolog:
    found = read_prolog(head, DMFA)
    assert isinstance(found, Prolog), found
    return found


def refused(head: bytes) -> Finding:
    found = read_prolog(head, DMFA)
    assert isinstance(found, Finding), found
    return found


def test_a_usual_start() -> None:
    found = accepted(GOOD)
    assert GOOD[: found.end].endswith(found.root_tag)
    assert found.root_tag.startswith(b"<DmfAOriginal xmlns:xsi=")
    assert (found.line, found.codec, found.empty) == (2, "utf-8", False)
    assert found.location == "DmfAOriginal_20231.xsd"


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"<?xml version='1.0'?>",
        b'<?xml version = "1.0" encoding = "utf-8" standalone = "yes" ?>\n',
        b"<!-- a > b <Form> -->\n<?target <x> ?>",
        b"\n\n  ",
        BOM,
        BOM + b'<?xml version="1.0" encoding="UTF-8"?>',
        BOM + b"\n",
    ],
)
def test_what_may_stand_before_the_root(start: bytes) -> None:
    found = accepted(start + ROOT + b"\n<Form>")
    assert (found.root_tag, found.end) == (ROOT, len(start + ROOT))
    assert found.line == start.count(b"\n") + 1
    assert found.location is None


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("UTF-8", "utf-8"),
        ("utf8", "utf-8"),
        ("US-ASCII", "ascii"),
        ("ISO-8859-1", "iso-8859-1"),
        ("iso-8859-1", "iso-8859-1"),
        ("latin1", "iso-8859-1"),
    ],
)
def test_encodings(declared: str, codec: str) -> None:
    start = f"<?xml version='1.0' encoding='{declared}'?>".encode()
    assert accepted(start + ROOT).codec == codec


def test_a_latin_1_comment_and_location() -> None:
    start = "<?xml version='1.0' encoding='ISO-8859-1'?><!-- é -->".encode("iso-8859-1")
    tag = f'<DmfAOriginal xmlns:xsi="{XSI}" xsi:noNamespaceSchemaLocation="é.xsd">'
    found = accepted(start + tag.encode("iso-8859-1"))
    assert (found.location, found.root_tag) == ("é.xsd", tag.encode())


@pytest.mark.parametrize(
    ("tag", "empty"),
    [
        (b"<DmfAOriginal/>", True),
        (b"<DmfAOriginal />", True),
        (b"<DmfAOriginal\n>", False),
        (b"<DmfAOriginal a='x > y' b=\"/>\">", False),
        (b"<DmfAOriginal xmlns=''>", False),
    ],
)
def test_root_tags(tag: bytes, empty: bool) -> None:
    """A root tag is kept on one line, so that it shifts no line of what it is put before."""
    found = accepted(tag + b"<Form/>")
    assert (found.root_tag, found.empty, found.end) == (tag.replace(b"\n", b" "), empty, len(tag))


def zipped() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.xml", GOOD)
    return target.getvalue()


TEXT = GOOD.decode()
DTD = b"<!DOCTYPE DmfAOriginal ["
HOSTILE = {
    "nothing": (b"", "empty-file"),
    "white space": (b" \r\n\t" * 50, "empty-file"),
    "a mark only": (BOM, "empty-file"),
    "zeros": (b"\x00" * 100, "empty-file"),
    "gzip": (gzip.compress(GOOD), "compressed"),
    "zip": (zipped(), "compressed"),
    "utf-16 with mark": (TEXT.encode("utf-16"), "encoding"),
    "utf-16 little endian": (TEXT.encode("utf-16-le"), "encoding"),
    "utf-16 big endian": (TEXT.encode("utf-16-be"), "encoding"),
    "utf-32 with mark": (TEXT.encode("utf-32"), "encoding"),
    "utf-16 declared": (GOOD.replace(b"UTF-8", b"UTF-16"), "encoding"),
    "windows-1252 declared": (GOOD.replace(b"UTF-8", b"windows-1252"), "encoding"),
    "mark against declaration": (BOM + GOOD.replace(b"UTF-8", b"ISO-8859-1"), "encoding"),
    "latin-1 comment in utf-8": (b"<!-- \xe9 -->" + ROOT, "encoding"),
    "latin-1 comment in ascii": (
        b"<?xml version='1.0' encoding='US-ASCII'?><!-- \xe9 -->" + ROOT,
        "encoding",
    ),
    "dtd": (DTD + b"]>" + ROOT, "doctype"),
    "dtd behind a comment": (b"<!-- a -->\n" + DTD + b"]>" + ROOT, "doctype"),
    "entity bomb": (
        DTD + b"<!ENTITY a 'ha'>" + b"<!ENTITY b '&a;&a;&a;&a;'>]>" + ROOT + b"&b;",
        "doctype",
    ),
    "external entity": (DTD + b"<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + ROOT, "doctype"),
    "external dtd": (b"<!DOCTYPE DmfAOriginal SYSTEM 'http://localhost/a.dtd'>" + ROOT, "doctype"),
    "another message": (b"<DmfAUpdate><Form/></DmfAUpdate>", "root-element"),
    "Dimona": (b"<Dimona><Form/></Dimona>", "root-element"),
    "a block as root": (b"<Form></Form>", "root-element"),
    "longer name": (b"<DmfAOriginals>", "root-element"),
    "other case": (b"<dmfaoriginal>", "root-element"),
    "default namespace": (b"<DmfAOriginal xmlns='urn:x'>", "namespace"),
    "prefix": (b"<d:DmfAOriginal xmlns:d='urn:x'>", "namespace"),
    "unbound prefix": (b"<d:DmfAOriginal>", "xml-syntax"),
    "text": (b"INSS;amount\n85073003328;12", "xml-syntax"),
    "text before the root": (b"x" + ROOT, "xml-syntax"),
    "unfinished tag": (b"<DmfAOriginal a='1'", "xml-syntax"),
    "unfinished comment": (b"<!-- " + ROOT, "xml-syntax"),
    "double hyphen": (b"<!-- a -- b -->" + ROOT, "xml-syntax"),
    "attribute twice": (b"<DmfAOriginal a='1' a='2'>", "xml-syntax"),
    "unknown entity": (b"<DmfAOriginal a='&x;'>", "xml-syntax"),
    "end tag": (b"</DmfAOriginal>", "xml-syntax"),
    "declaration not first": (b" <?xml version='1.0'?>" + ROOT, "xml-syntax"),
    "declaration twice": (b"<?xml version='1.0'?><?xml version='1.0'?>" + ROOT, "xml-syntax"),
    "long prolog": (b"<!-- " + b"x" * PROLOG_BYTES + b" -->" + ROOT, "xml-syntax"),
    "much white space": (b" " * (PROLOG_BYTES - 4) + ROOT, "xml-syntax"),
}


@pytest.mark.parametrize(("data", "code"), HOSTILE.values(), ids=list(HOSTILE))
def test_what_is_refused(data: bytes, code: str) -> None:
    found = refused(data[:PROLOG_BYTES])
    assert found.code == code
    assert found.message
    assert (found.line or 0) >= 1


def test_a_refusal_says_its_line() -> None:
    assert refused(b"\n\n<!-- \n -->" + DTD + b"]>").line == 4
    assert refused(b"\n\n<Dimona>").line == 3


@given(st.binary(max_size=300))
def test_any_bytes_give_an_answer(head: bytes) -> None:
    read_prolog(head, DMFA)


@given(st.binary(max_size=20), st.integers(0, 150), st.integers(0, 150))
def test_any_change_of_a_good_start_gives_an_answer(new: bytes, start: int, length: int) -> None:
    read_prolog(GOOD[:start] + new + GOOD[start + length : 400], DMFA)
