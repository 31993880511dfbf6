"""What a change of a simple type is told as: every facet, on all sorts of types."""

from pathlib import Path

import pytest
from schema_pairs import OF_VALUES, compared, missing, told


def restricted(base: str, facets: str = "") -> str:
    """A type from ``name=value`` facets, split at spaces; ``_`` in a value is a space."""
    pairs = (facet.partition("=")[::2] for facet in facets.split())
    inner = "".join(f'<xs:{name} value="{text.replace("_", " ")}"/>' for name, text in pairs)
    nested = base.startswith("<")
    start = "<xs:restriction>" + base if nested else f'<xs:restriction base="xs:{base}">'
    return f"<xs:simpleType>{start}{inner}</xs:restriction></xs:simpleType>"


def listed(item: str) -> str:
    return f'<xs:simpleType><xs:list itemType="xs:{item}"/></xs:simpleType>'


def united(*members: str) -> str:
    return f"<xs:simpleType><xs:union>{''.join(members)}</xs:union></xs:simpleType>"


FACETS: list[tuple[str, str, str, str]] = [
    # base, old facets, new facets; kind, reader, writer (* with a witness)
    ("date", "", "minInclusive=2001-01-01", "minimum-changed B* K"),
    (
        "date",
        "enumeration=2000-01-01",
        "enumeration=2000-01-01Z",
        "enumeration-removed B* K; enumeration-added K B*",
    ),
    (
        "dateTime",
        "maxInclusive=2000-01-01T00:00:00",
        "maxInclusive=2001-01-01T00:00:00",
        "maximum-changed K B*",
    ),
    (
        "dateTime",
        "maxInclusive=2000-01-01T00:00:00",
        "maxInclusive=2000-01-01T00:00:00Z",
        "maximum-changed ? ?",
    ),
    (
        "dateTime",
        "minInclusive=2000-01-01T00:00:00Z",
        "minInclusive=2000-01-01T00:00:00+01:00",
        "minimum-changed K B*",
    ),
    ("time", "maxInclusive=12:00:00", "maxInclusive=13:00:00", "maximum-changed K B*"),
    ("time", "enumeration=24:00:00", "enumeration=00:00:00", ""),
    ("duration", "maxInclusive=P1Y", "maxInclusive=P12M", "maximum-changed K K"),
    ("duration", "maxInclusive=P30D", "maxInclusive=P1M", "maximum-changed B* B*"),
    ("gYear", "minInclusive=2000", "minInclusive=1999", "minimum-changed K B*"),
    ("gYearMonth", "minInclusive=2000-01", "minInclusive=1999-12", "minimum-changed K B*"),
    ("gMonthDay", "maxInclusive=--06-01", "maxInclusive=--07-01", "maximum-changed K B*"),
    ("gMonth", "maxInclusive=--10", "maxInclusive=--11", "maximum-changed K B*"),
    ("gDay", "maxExclusive=---10", "maxInclusive=---10", "maximum-changed K B*"),
    ("float", "maxInclusive=1.5", "maxInclusive=15E-1", "maximum-changed K K"),
    ("float", "enumeration=NaN", "enumeration=NaN enumeration=1", "enumeration-added K B*"),
    ("double", "", "maxInclusive=INF", "maximum-changed B* K"),
    ("double", "maxExclusive=1", "maxInclusive=1", "maximum-changed K B*"),
    ("hexBinary", "length=2", "length=3", "length-changed B* B*"),
    ("hexBinary", "enumeration=ab", "enumeration=AB", ""),
    ("base64Binary", "maxLength=3", "maxLength=2", "max-length-changed B* K"),
    ("base64Binary", "enumeration=AAAA", "enumeration=AA_AA", ""),
    ("anyURI", "maxLength=30", "maxLength=20", "max-length-changed B* K"),
    ("boolean", "pattern=[01]", "pattern=true|false", "pattern-changed B* B*"),
    ("QName", "enumeration=xs:a", "enumeration=xs:a enumeration=xs:b", "enumeration-added K B"),
    ("language", "", "enumeration=en enumeration=nl", "enumeration-introduced B* K"),
    ("NMTOKEN", "maxLength=10", "maxLength=8", "max-length-changed B* K"),
    ("NMTOKENS", "maxLength=3", "maxLength=2", "max-length-changed B* K"),
    ("ID", "", "maxLength=8", "max-length-changed B* K"),
    ("NCName", "", "pattern=[a-z]+", "pattern-changed B* K"),
    ("string", "maxLength=3", "maxLength=3 whiteSpace=collapse", "whitespace-changed K B*"),
    ("string", "pattern=a_b", "pattern=a_b whiteSpace=collapse", "whitespace-changed K B*"),
    ("string", "", "whiteSpace=replace", "whitespace-changed K K"),
    ("string", "maxLength=65535", "maxLength=65536", "max-length-changed K B*"),
    (
        "string",
        "minLength=3 maxLength=3",
        "length=3",
        "length-changed K K; min-length-changed K K; max-length-changed K K",
    ),
    ("string", "length=0", "length=1", "length-changed B* B*"),
    ("string", "minLength=1", "minLength=2", "min-length-changed B* K"),
    ("string", "pattern=[0-9]{3}", "pattern=\\d{3}", "pattern-changed K B*"),
    ("string", "pattern=(a|a)*b", "pattern=(a*)*b", "pattern-changed K K"),
    ("string", "pattern=(.*a.{12})", "pattern=(.*b.{12})", "pattern-changed ? ?"),
    ("string", "enumeration=a", "enumeration=b enumeration=a", "enumeration-added K B*"),
    ("string", "enumeration=a", "", "enumeration-dropped K B*"),
    ("string", "enumeration=a", "pattern=a", "enumeration-dropped K K; pattern-changed K K"),
    ("string", "enumeration=a enumeration=b", "enumeration=b enumeration=a", ""),
    ("decimal", "fractionDigits=30", "fractionDigits=29", "fraction-digits-changed B* K"),
    (
        "decimal",
        "totalDigits=5 fractionDigits=2",
        "totalDigits=6 fractionDigits=2",
        "total-digits-changed K B*",
    ),
    ("decimal", "enumeration=1", "enumeration=1.0", ""),
    (
        "integer",
        "maxInclusive=" + "1" * 40,
        "maxInclusive=" + "1" * 39 + "2",
        "maximum-changed K B*",
    ),
    (
        "integer",
        "minInclusive=0 maxInclusive=99",
        "minInclusive=0 totalDigits=2",
        "maximum-changed K K; total-digits-changed K K",
    ),
    ("integer", "totalDigits=5000", "totalDigits=5000 maxInclusive=10", "maximum-changed B* K"),
]

INTS = restricted("int")
TYPES: list[tuple[str, str, str]] = [
    (listed("int"), listed("short"), "base-changed B* K"),
    (listed("int"), restricted(listed("int")), ""),
    (
        restricted(listed("int"), "length=3"),
        restricted(listed("int"), "minLength=2"),
        "length-changed K B*; min-length-changed K K",
    ),
    (
        restricted(listed("int"), "enumeration=1_2"),
        restricted(listed("int"), "enumeration=1_2 enumeration=2_1"),
        "enumeration-added K B*",
    ),
    (
        restricted(listed("int"), "pattern=\\d+_\\d"),
        restricted(listed("int"), "pattern=\\d+_\\d+"),
        "pattern-changed K B*",
    ),
    (listed("int"), INTS, "variety-changed B* K"),
    (restricted("string"), listed("int"), "variety-changed B* K"),
    (united(INTS), united(INTS, restricted("date")), "members-changed K B*"),
    (united(restricted("string"), INTS), united(INTS, restricted("string")), "members-changed K K"),
    (united(INTS, restricted("short")), INTS, "variety-changed K K"),
    (
        united(restricted("int", "maxInclusive=5"), restricted("date")),
        united(restricted("int", "maxInclusive=6"), restricted("date")),
        "members-changed K B*",
    ),
    (
        restricted("string", "enumeration=a enumeration=b"),
        united(restricted("string", "enumeration=a"), restricted("string", "enumeration=b")),
        "variety-changed K K",
    ),
    (
        restricted(united(INTS, restricted("string")), "enumeration=1"),
        restricted(united(INTS, restricted("string")), "enumeration=01 enumeration=a"),
        "enumeration-added K B*",
    ),
    (
        restricted(united(INTS, restricted("string")), "pattern=a"),
        restricted(united(INTS, restricted("string")), "pattern=a|1"),
        "pattern-changed K B*",
    ),
    (
        restricted(restricted("string", "pattern=a.*"), "pattern=.*b"),
        restricted("string", "pattern=a.*b|ab"),
        "pattern-changed K K",
    ),
    (
        restricted(restricted("string", "pattern=a.*"), "pattern=.*b"),
        restricted(restricted("string", "pattern=a.*"), "pattern=.*[bc]"),
        "pattern-changed K B*",
    ),
    (
        restricted(restricted("string", "maxLength=9"), "maxLength=5"),
        restricted("string", "maxLength=5"),
        "",
    ),
    (
        restricted(restricted("string", "whiteSpace=collapse"), "maxLength=5"),
        restricted("token", "maxLength=5"),
        "base-changed K K",
    ),
]

BASES: list[tuple[str, str, str]] = [
    ("int", "long", "base-changed K B*"),
    ("int", "decimal", "base-changed K B*"),
    ("int", "float", "base-changed K B*"),
    ("float", "double", "base-changed K K"),
    ("int", "string", "base-changed K B*"),
    ("date", "dateTime", "base-changed B* B*"),
    ("date", "token", "base-changed K B*"),
    ("token", "string", "base-changed K K"),
    ("NMTOKEN", "token", "base-changed K B*"),
    ("Name", "NCName", "base-changed B* K"),
    ("ID", "NCName", "base-changed K ?"),
    ("hexBinary", "base64Binary", "base-changed B* B*"),
    ("string", "anyURI", "base-changed B* K"),
    ("string", "anySimpleType", "base-changed K K"),
    ("gYear", "int", "base-changed B* B*"),
    ("positiveInteger", "nonNegativeInteger", "base-changed K B*"),
]


def element(content: str) -> str:
    return f'<xs:element name="r">{content}</xs:element>'


@pytest.mark.parametrize(("base", "old", "new", "expected"), FACETS)
def test_a_facet(base: str, old: str, new: str, expected: str, tmp_path: Path) -> None:
    sides = (element(restricted(base, facets)) for facets in (old, new))
    assert "; ".join(told(compared(tmp_path, *sides))) == expected


@pytest.mark.parametrize(("old", "new", "expected"), TYPES)
def test_a_variety(old: str, new: str, expected: str, tmp_path: Path) -> None:
    assert "; ".join(told(compared(tmp_path, element(old), element(new)))) == expected


@pytest.mark.parametrize(("old", "new", "expected"), BASES)
def test_a_base(old: str, new: str, expected: str, tmp_path: Path) -> None:
    sides = (f'<xs:element name="r" type="xs:{base}"/>' for base in (old, new))
    assert "; ".join(told(compared(tmp_path, *sides))) == expected


def test_every_kind_has_a_row() -> None:
    rows = (*FACETS, *TYPES, *BASES)
    assert not missing(OF_VALUES, (row[-1] for row in rows))
