"""What is refused or set aside is kept, told, and takes nobody down with it."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

from operators import Operator, write_quarter

from pipelines.summary import Summary
from schemas.quarter import Quarter
from schemas.registry import register


def test_three_broken_forms_among_many(operator: Operator, tmp_path: Path) -> None:
    folder = write_quarter(tmp_path / "files", employers=30, forms_per_file=30)
    (path,) = folder.iterdir()
    content = path.read_bytes()
    starts = [at for at in range(len(content)) if content.startswith(b"<Form>", at)]
    cut = content.index(b"</TypeForm>", starts[20])
    content = content[:cut] + content[cut + len(b"</TypeForm>") :]
    number = content.index(b"<NetOwedAmount>", starts[10]) + len(b"<NetOwedAmount>")
    content = content[:number] + b"x" + content[number:]
    company = content.index(b"<CompanyID>", starts[3])
    content = content[:company] + b"<Unknown/>" + content[company:]
    path.write_bytes(content)

    summary = operator.run(folder)
    assert (summary.forms_in, summary.forms_accepted, summary.forms_refused) == (30, 27, 3)
    refused = operator.ask("select form_no, code, line from ops.finding order by form_no")
    assert [(row["form_no"], row["code"]) for row in refused] == [
        (4, "90007-146"),
        (11, "00015-002"),
        (21, "xml-syntax"),
    ]
    lines = content.split(b"\n")
    assert b"<Unknown/>" in lines[refused[0]["line"] - 1]
    assert b"<NetOwedAmount>x" in lines[refused[1]["line"] - 1]


def test_refused_bytes_are_kept_next_to_their_reasons(
    operator: Operator, form_file: Callable[..., Path]
) -> None:
    path = form_file("bad.xml", (b"<Trusteeship>0", b"<Trusteeship>7"))
    summary = operator.run(path)
    quarantine = operator.lake / "runs" / summary.run_id / "quarantine"
    (kept,) = quarantine.glob("*.xml")
    assert kept.read_bytes() in path.read_bytes()
    assert kept.read_bytes().startswith(b"<Form>")
    (reasons,) = (json.loads(p.read_text()) for p in quarantine.glob("*.json"))
    assert [(r["code"], r["value"]) for r in reasons] == [("00012-008", "7")]


def test_hostile_files_are_ordinary_refusals(
    operator: Operator, form_file: Callable[..., Path], tmp_path: Path
) -> None:
    inbox = form_file("sound.xml").parent
    sound = (inbox / "sound.xml").read_bytes()
    declaration, body = sound.split(b"?>", 1)
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    for name, content in {
        "empty.xml": b"",
        "gzip.xml": gzip.compress(sound),
        "utf16.xml": sound.decode().encode("utf-16"),
        "bomb.xml": declaration + b"?>" + bomb + body,
        "truncated.xml": sound[: len(sound) // 2],
        "noise.bin": bytes(range(256)) * 20,
        "other.xml": b'<?xml version="1.0"?>\n<Dimona><Form/></Dimona>',
        "old.xml": sound.replace(b"DmfAOriginal_20231.xsd", b"DmfAOriginal_20031.xsd"),
    }.items():
        (inbox / name).write_bytes(content)
    (inbox / "folder.xml").mkdir()

    summary = operator.run(inbox)
    assert summary.forms_accepted == 1
    assert summary.refusals == {
        "empty-file": 1,
        "compressed": 1,
        "encoding": 1,
        "doctype": 1,
        "truncated": 1,
        "xml-syntax": 1,
        "root-element": 1,
        "unknown-release": 1,
    }
    assert operator.value("select count(*) from ops.file where disposition = 'refused'") == 7
    assert operator.value("select count(*) from ops.file where disposition = 'quarantined'") == 1


def test_what_could_not_be_judged_is_tried_again_when_its_schema_is_known(
    operator: Operator, shared: Path, tmp_path: Path
) -> None:
    official = shared / "official/xsd/dmfa/series-original/DmfAOriginal_20221.xsd"
    registry, quarter = tmp_path / "registry", Quarter(2022, 3)
    folder = write_quarter(tmp_path / "files", employers=1, quarter=quarter)
    (path,) = folder.iterdir()
    path.write_bytes(path.read_bytes().replace(b"DmfAOriginal_20223.xsd", official.name.encode()))

    def run() -> Summary:
        return operator.run(folder, quarter=quarter, registry=str(registry))

    assert run().forms_quarantined == 1
    assert run().files_known == 1
    register(official, registry)
    assert run().forms_accepted == 1


def test_no_personal_number_in_the_summary(
    operator: Operator, form_file: Callable[..., Path]
) -> None:
    path = form_file("bad.xml", (b"<INSS>", b"<INSS>x"))
    summary = operator.run(path)
    assert summary.refusals == {"00024-002": 1}
    value = operator.value("select value from ops.finding")
    assert value.startswith("x")
    assert value[1:] not in summary.to_json()
