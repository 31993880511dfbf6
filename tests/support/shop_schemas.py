"""Small schemas of a bookshop, written into a folder, for what is found in a schema."""

from collections.abc import Iterable
from pathlib import Path

from schemas.lint.finding import Finding

HEAD = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified"'


def write(folder: Path, body: str, name: str = "shop.xsd", more: str = "") -> Path:
    path = folder / name
    path.write_text(f"{HEAD}{more}>\n{body}\n</xs:schema>\n")
    return path


def content(particles: str) -> str:
    return (
        '<xs:element name="shop"><xs:complexType><xs:sequence>\n'
        f"{particles}\n</xs:sequence></xs:complexType></xs:element>"
    )


def value(facets: str, base: str = "xs:integer") -> str:
    return content(
        f'<xs:element name="price"><xs:simpleType><xs:restriction base="{base}">\n'
        f"{facets}\n</xs:restriction></xs:simpleType></xs:element>"
    )


def rules(findings: Iterable[Finding]) -> list[str]:
    return [finding.rule.value for finding in findings]


A, B = '<xs:element name="a" type="xs:int"%s/>', '<xs:element name="b" type="xs:int"%s/>'
