"""``kwartaal schema diff``, and what its forms, sources and history are."""

import json
from pathlib import Path

import pytest
from lxml import etree
from repositories import Repo, element, leaf, schema
from schema_commands import (
    DEFECTIVE,
    MALFORMED,
    NARROWED,
    OLD,
    REWRITTEN,
    WIDENED,
    refused,
    run,
)

from schemas.formats import DIFF_FORMATS
from schemas.registry import register


def test_a_diff_of_files(repo: Repo) -> None:
    repo.write(**{"new.xsd": NARROWED})
    told = run("diff", "book-1.xsd", "new.xsd").stdout
    assert told.startswith(
        "book-1.xsd -> new.xsd\n  1 difference (1 narrowing): the new schema may"
    )
    assert "/Book\n  narrowing  Genre: enumeration removed" in told
    assert "old document that is refused now: line" in told
    assert "<Genre>poetry</Genre>" in told
    assert "book-1.xsd:" in told
    assert str(repo.root) not in told


def test_a_diff_of_revisions_tells_paths_of_the_repository(repo: Repo) -> None:
    repo.commit(**{"book-1.xsd": WIDENED})
    told = json.loads(
        run("diff", "HEAD~1:book-1.xsd", "HEAD:book-1.xsd", "--format", "json").stdout
    )
    assert (told["old"], told["new"]) == ("HEAD~1:book-1.xsd", "HEAD:book-1.xsd")
    (one,) = told["differences"]
    assert one["verdict"] == "widening"
    assert one["writer_witness"]["document"].count("crime") == 1
    assert one["new_at"]["file"] == "book-1.xsd"


def test_a_rewritten_schema_is_no_difference(repo: Repo) -> None:
    repo.write(**{"new.xsd": REWRITTEN})
    assert "no difference" in run("diff", "book-1.xsd", "new.xsd", "--exit-code").stdout


@pytest.mark.parametrize(("new", "code"), [(NARROWED, 1), (WIDENED, 1), (OLD, 0)])
def test_the_exit_code_tells_only_when_it_is_asked(repo: Repo, new: str, code: int) -> None:
    repo.write(**{"new.xsd": new})
    run("diff", "book-1.xsd", "new.xsd", "--no-proofs")
    run("diff", "book-1.xsd", "new.xsd", "--no-proofs", "--exit-code", code=code)


def test_witnesses_become_files_that_prove_it(repo: Repo) -> None:
    repo.write(**{"new.xsd": NARROWED})
    run("diff", "book-1.xsd", "new.xsd", "--witnesses", "proof/of")
    (file,) = Path("proof/of").iterdir()
    document = etree.parse(str(file))
    assert etree.XMLSchema(etree.parse("book-1.xsd")).validate(document)
    assert not etree.XMLSchema(etree.parse("new.xsd")).validate(document)
    (one,) = json.loads(run("diff", "book-1.xsd", "new.xsd", "--format", "json").stdout)[
        "differences"
    ]
    assert file.name == f"{one['id']}-old.xml"


def test_without_proofs_there_are_no_witnesses(repo: Repo) -> None:
    repo.write(**{"new.xsd": NARROWED})
    run("diff", "book-1.xsd", "new.xsd", "--no-proofs", "--witnesses", "proof")
    assert list(Path("proof").iterdir()) == []


@pytest.mark.parametrize("form", DIFF_FORMATS)
def test_every_form_of_a_diff_can_be_a_file(repo: Repo, form: str) -> None:
    repo.write(**{"new.xsd": NARROWED})
    shown = run("diff", "book-1.xsd", "new.xsd", "--format", form).stdout
    run("diff", "book-1.xsd", "new.xsd", "--format", form, "--output", "told")
    assert Path("told").read_text() == shown
    assert "poetry" in shown


@pytest.mark.parametrize("new", [DEFECTIVE, MALFORMED])
def test_a_defective_schema_is_told(repo: Repo, new: str) -> None:
    repo.commit(**{"new.xsd": new})
    for one in ("new.xsd", "HEAD:new.xsd"):
        told = run("diff", "book-1.xsd", one, code=1).stderr
        assert told.startswith("kwartaal: not compared: new.xsd ")
        assert "kwartaal-" not in told


def test_a_diff_of_our_own_releases() -> None:
    told = json.loads(
        run("diff", "dmfa@2022/2", "dmfa@2023/1", "--no-proofs", "--format", "json").stdout
    )
    assert (told["old"], told["new"]) == ("dmfa@2022/2", "dmfa@2023/1")
    assert told["roots"] == ["DmfAOriginal"]
    assert told["differences"]


def test_a_history_of_any_source(repo: Repo) -> None:
    used = ' minOccurs="0" maxOccurs="1"'
    retired = ' minOccurs="0" maxOccurs="0"'
    repo.commit(**{"a.xsd": schema(element("Book", leaf("Title"), leaf("Weight", occurs=used)))})
    repo.write(**{"b.xsd": schema(element("Book", leaf("Title"), leaf("Weight", occurs=retired)))})
    repo.write(**{"c.xsd": schema(element("Book", leaf("Title"), leaf("Weight", occurs=used)))})
    assert "activated" in run("diff", "b.xsd", "c.xsd").stdout
    assert "reactivated" in run("diff", "b.xsd", "c.xsd", "--history", "HEAD:a.xsd").stdout


def test_the_history_of_a_release_is_what_is_known_before_it(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the names of workers retired in 2012/2 and, had they come back, in use again."""
    series = shared / "official/xsd/dmfa/series-original"
    registry = tmp_path / "registry"
    for label in ("20121", "20122"):
        register(series / f"DmfAOriginal_{label}.xsd", registry)
    back = tmp_path / "DmfAOriginal_20123.xsd"
    back.write_bytes((series / "DmfAOriginal_20121.xsd").read_bytes())
    asked = ["dmfa@2012/2", str(back), "--no-proofs", "--registry", str(registry)]
    assert '"life": "reactivated"' in run("diff", *asked, "--format", "json").stdout


def test_a_check_looks_at_what_a_release_follows(repo: Repo) -> None:
    def order(occurs: str) -> str:
        return schema(element("Book", leaf("Title"), leaf("Weight", occurs=occurs)))

    used, retired = ' minOccurs="0" maxOccurs="1"', ' minOccurs="0" maxOccurs="0"'
    repo.commit(**{"v1/book.xsd": order(used), "v2/book.xsd": order(retired)})
    repo.write(**{"v3/book.xsd": order(used)})
    told = run("check", "--against", "HEAD", "--format", "json").stdout
    assert '"life": "reactivated"' in told
    repo.commit(**{"v3/book.xsd": order(used)})
    (repo.root / "v1/book.xsd").write_text("<nothing/>", encoding="utf-8")
    repo.commit(**{"v4/book.xsd": order(retired)})
    repo.write(**{"v5/book.xsd": order(used)})
    told = run("check", "--against", "HEAD", "--format", "json", "v5").stdout
    assert '"life": "reactivated"' in told  # v3 says so: v1 is not read


def test_a_history_that_cannot_be_read_is_said(repo: Repo) -> None:
    used, retired = ' minOccurs="0" maxOccurs="1"', ' minOccurs="0" maxOccurs="0"'
    book = schema(element("Book", leaf("Title"), leaf("Weight", occurs="{}")))
    repo.commit(**{"v1/book.xsd": "<nothing/>", "v2/book.xsd": book.format(retired)})
    repo.write(**{"v3/book.xsd": book.format(used)})
    told = run("check", "--against", "HEAD").stdout
    assert "what was in use before was not looked at: book.xsd does not compile" in told


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("diff", "gone.xsd", "book-1.xsd"), "no file 'gone.xsd'"),
        (("diff", "HEAD~7:book-1.xsd", "book-1.xsd"), "has no revision 'HEAD~7'"),
        (("diff", "book-1.xsd", "book-1.xsd", "--number", "("), "'(' is no regular expression"),
        (("diff", "book-1.xsd", "book-1.xsd", "--format", "html"), "'html' is not one of"),
        (("check", "--against", "v9"), "shop has no revision 'v9'"),
        (("check", "nothing.xsd"), "nothing.xsd is neither in the working tree nor in"),
        (("check", ".."), ".. is not in the repository"),
        (("check", "--report", "html=x"), "'html=x' is not written FORM=FILE with a form of text"),
    ],
)
def test_wrong_usage(repo: Repo, args: tuple[str, ...], said: str) -> None:
    repo.commit(**{"more.xsd": OLD})
    assert said in refused(*args)
