"""Runs from end to end, as an operator sees them."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from operators import Operator, write_quarter

from schemas.quarter import Quarter
from transforms.control import Totals, count_judged
from transforms.judge import Judged
from transforms.pack import Pack
from warehouse.errors import ControlError


def count(pattern: str, folder: Path) -> int:
    return sum(len(re.findall(pattern, path.read_text())) for path in folder.iterdir())


def amounts(zone: str, folder: Path) -> int:
    found = (re.findall(f"<{zone}>(\\d+)<", path.read_text()) for path in folder.iterdir())
    return sum(int(amount) for file in found for amount in file)


def test_a_clean_quarter_lands_whole(clean_lake: Operator, quarter_files: Path) -> None:
    summary = clean_lake.summaries[0]
    assert (summary.forms_in, summary.forms_accepted, summary.forms_refused) == (6, 6, 0)
    assert clean_lake.value("select count(*) from dmfa.form") == 6
    for table, block in (("natural_person", "NaturalPerson"), ("remun", "Remun")):
        in_files = count(f"<{block}>", quarter_files)
        assert clean_lake.value(f"select count(*) from dmfa.{table}") == in_files


def test_cents_of_the_files_are_euro_of_the_lake(clean_lake: Operator, quarter_files: Path) -> None:
    for table, column, zone in (
        ("remun", "remun_amount", "RemunAmount"),
        ("employer_declaration", "net_owed_amount", "NetOwedAmount"),
    ):
        in_lake = clean_lake.value(f"select sum({column}) from dmfa.{table}")
        assert in_lake * 100 == amounts(zone, quarter_files)


def test_the_lines_of_a_declaration_make_its_net_amount(clean_lake: Operator) -> None:
    assert (
        clean_lake.ask("""
        select employer, sum(sign * declared_amount) - any_value(net_owed) as difference
        from core.contribution join core.declaration using (quarter, employer)
        group by employer having difference <> 0
    """)
        == []
    )


def test_a_clean_quarter_has_no_differences(clean_lake: Operator) -> None:
    outcomes = {
        row["outcome"]: row["n"]
        for row in clean_lake.ask(
            "select outcome, count(*) n from core.contribution group by outcome"
        )
    }
    assert set(outcomes) == {"equal", "not computed"}
    unexplained = "select count(*) from core.contribution where outcome <> 'equal'"
    assert clean_lake.value(f"{unexplained} and reason is null") == 0


def test_relations_join_every_table_below_a_record(clean_lake: Operator) -> None:
    key = "quarter, employer, inss, employer_class, worker_code"
    assert clean_lake.value(f"select count(*) from (select distinct {key} from core.relation)") == (
        clean_lake.value("select count(*) from core.relation")
    )
    for table in ("occupation", "service", "remun", "worker_contribution", "occupation_deduction"):
        missing = f"select count(*) from dmfa.{table} anti join core.relation using ({key})"
        assert clean_lake.value(missing) == 0


def test_every_row_says_where_it_stood(clean_lake: Operator, quarter_files: Path) -> None:
    row = clean_lake.ask("""
        select name, line, inss from dmfa.natural_person join ops.file using (file_id)
        order by line desc limit 1
    """)[0]
    lines = Path(row["name"]).read_text().splitlines()
    assert "<NaturalPerson>" in lines[row["line"] - 1]
    assert any(row["inss"] in line for line in lines[row["line"] : row["line"] + 3])


def test_the_same_input_again_changes_nothing(operator: Operator, quarter_files: Path) -> None:
    operator.run(quarter_files)
    snapshots = operator.value("select count(*) from lake.snapshots()")
    again = operator.run(quarter_files)
    assert (again.files, again.files_known, again.snapshot) == (6, 6, None)
    assert operator.value("select count(*) from lake.snapshots()") == snapshots
    assert [path.name for path in (operator.lake / "runs").iterdir()] == [
        operator.summaries[0].run_id
    ]


def test_the_same_content_under_two_names_counts_once(
    operator: Operator, form_file: Callable[..., Path]
) -> None:
    inbox = form_file("first.xml").parent
    form_file("second.xml")
    summary = operator.run(inbox)
    assert (summary.files, summary.files_known, summary.forms_accepted) == (2, 1, 1)


def test_same_files_give_the_same_tables(tmp_path: Path, quarter_files: Path) -> None:
    key = "file_id, form_no, seq"
    one, two = Operator(tmp_path / "one"), Operator(tmp_path / "two")
    one.run(quarter_files)
    two.run(quarter_files)
    for table in ("dmfa.remun", "dmfa.worker_record"):
        sql = f"select * from {table} order by {key}"
        assert one.ask(sql) == two.ask(sql)
    sql = "select * from core.relation order by all"
    assert one.ask(sql) == two.ask(sql)


def test_a_second_declaration_of_the_same_quarter_is_refused(
    operator: Operator, form_file: Callable[..., Path]
) -> None:
    operator.run(form_file("first.xml"))
    kept = operator.ask("select * from dmfa.remun order by all")
    reference = b"<FormCreationHour>"
    second = form_file("second.xml", (reference, b" " + reference))
    third = form_file("third.xml", (reference, b"  " + reference))
    summary = operator.run(second, third)
    assert (summary.forms_accepted, summary.forms_refused) == (0, 2)
    assert summary.refusals == {"90007-006": 2}
    assert operator.ask("select * from dmfa.remun order by all") == kept
    assert len(list((operator.lake / "runs" / summary.run_id / "quarantine").glob("*.xml"))) == 2


def test_of_two_declarations_in_one_run_the_first_by_name_is_kept(
    operator: Operator, form_file: Callable[..., Path]
) -> None:
    hour = b"<FormCreationHour>"
    inbox = form_file("b.xml").parent
    form_file("a.xml", (hour, b" " + hour))
    summary = operator.run(inbox)
    assert (summary.forms_accepted, summary.forms_refused) == (1, 1)
    assert operator.value("""
        select name from ops.form join ops.file using (run_id, file_id)
        where ops.form.disposition = 'accepted'
    """).endswith("a.xml")


def test_a_trustee_declares_beside_the_employer(
    operator: Operator, form_file: Callable[..., Path]
) -> None:
    flag = b"<Trusteeship>0</Trusteeship>"
    operator.run(form_file("employer.xml"))
    before = operator.ask("select inss, sum(gross_remuneration) g from core.relation group by 1")
    summary = operator.run(form_file("trustee.xml", (flag, flag.replace(b"0", b"1"))))
    assert summary.forms_accepted == 1
    after = operator.ask("select inss, sum(gross_remuneration) g from core.relation group by 1")
    assert {r["inss"]: r["g"] for r in after} == {r["inss"]: 2 * r["g"] for r in before}
    assert operator.value("select max(worker_records) from core.relation") >= 2


def test_another_quarter_is_set_aside_and_taken_by_its_own_run(
    operator: Operator, form_file: Callable[..., Path]
) -> None:
    path = form_file("late.xml", (b"<Quarter>20231<", b"<Quarter>20224<"))
    summary = operator.run(path)
    assert (summary.forms_accepted, summary.forms_quarantined) == (0, 1)
    assert summary.refusals == {"other-quarter": 1}
    assert operator.run(path, quarter=Quarter(2022, 4)).forms_accepted == 1
    assert operator.value("select any_value(quarter) from core.relation") == "2022Q4"


def test_control_totals_that_differ_stop_the_commit(
    operator: Operator, quarter_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_cent_more(forms: Sequence[Judged], pack: Pack | None) -> list[Totals]:
        return [total + Totals(remuneration=1) for total in count_judged(forms, pack)]

    monkeypatch.setattr("pipelines.process_step.count_judged", one_cent_more)
    with pytest.raises(ControlError, match="remuneration cents"):
        operator.run(quarter_files)
    assert operator.value("select count(*) from ops.run") == 0
    assert operator.value("select count(*) from dmfa.remun") == 0


def test_control_totals_are_kept_with_the_run(clean_lake: Operator) -> None:
    rows = clean_lake.ask("select measure, in_xml, in_lake from ops.control")
    assert len(rows) == 6
    assert all(row["in_xml"] == row["in_lake"] > 0 for row in rows)


def test_a_batch_file_and_many_small_files_give_the_same_rows(
    tmp_path: Path, quarter_files: Path
) -> None:
    batch = write_quarter(tmp_path / "batch", forms_per_file=6)
    one, many = Operator(tmp_path / "one"), Operator(tmp_path / "many")
    assert one.run(batch).files == 1
    many.run(quarter_files)
    for sql in (
        "select employer, inss, remun_code, remun_amount from dmfa.remun order by all",
        "select * exclude (file_id, form_no, line) from core.contribution order by all",
    ):
        assert one.ask(sql) == many.ask(sql)
