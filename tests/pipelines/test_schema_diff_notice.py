"""``kwartaal schema diff --format notice``."""

from importlib.resources import as_file, files
from pathlib import Path

import notices
import pytest
from click.testing import CliRunner

from pipelines.cli import cli
from schemas.notice import LANGUAGES

ORDERS = (notices.GOLDEN / "order_1.xsd", notices.GOLDEN / "order_2.xsd")


def written(*args: object, code: int = 0) -> str:
    done = CliRunner().invoke(cli, ["schema", "diff", "--format", "notice", *map(str, args)])
    assert done.exit_code == code, done.output
    return done.output


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_a_release_that_is_known(language: str) -> None:
    releases = files("schemas") / "dmfa/releases"
    with as_file(releases) as folder:
        old = folder / "2022-2/DmfAOriginal_20222.xsd"
        text = written(old, folder / "2023-1/DmfAOriginal_20231.xsd", "--language", language)
    expected = notices.written(f"dmfa_2023-1.{language}.md")
    labels = ("DmfA 2022/4", "DmfAOriginal 2022/2"), ("DmfA 2023/1", "DmfAOriginal 2023/1")
    for ours, theirs in labels:
        expected = expected.replace(ours, theirs)
    assert text == expected


def test_of_any_schema() -> None:
    text = written(*ORDERS)
    assert text.startswith("# Changes from order_1.xsd to order_2.xsd\n")
    assert "## To be adapted once order_2.xsd applies" in text
    assert "from 1 March 2026" in written(*ORDERS, "--since", "2026-03-01")
    assert "from the first quarter of 2026" in written(
        *ORDERS, "--since", "2026/1", "--format", "notice-html"
    )


def test_of_a_schema_that_contains_itself(tmp_path: Path) -> None:
    """Its blocks are named, although they are no tree that could be listed."""
    text = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
      <xs:element name="Part"><xs:complexType><xs:sequence>
        <xs:element name="Name" type="xs:string" minOccurs="0" maxOccurs="{}"/>
        <xs:element ref="Part" minOccurs="0"/>
      </xs:sequence></xs:complexType></xs:element></xs:schema>"""
    for name, times in (("old.xsd", 1), ("new.xsd", 2)):
        (tmp_path / name).write_text(text.format(times), encoding="utf-8")
    told = written(tmp_path / "old.xsd", tmp_path / "new.xsd")
    assert "`Name`: now optional, at most 2 times (so far optional)." in told


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "new.xsd").write_text("<xs:schema/>", encoding="utf-8")
    assert "new.xsd" in written(ORDERS[0], tmp_path / "new.xsd", code=1)
    assert "neither a quarter" in written(*ORDERS, "--since", "spring", code=2)
