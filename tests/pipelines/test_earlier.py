"""A run that leaves files alone says which amounts it leaves, and what they rest on."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from operators import Operator
from rich.console import Console

from pipelines.earlier import Kept, Options, kept_amounts
from pipelines.summary import Summary

NOW = Options(5, "tables", "rules")


@pytest.mark.parametrize(
    ("earlier", "said"),
    [
        (NOW, []),
        (Options(None, None, None), []),  # a run that did not keep them
        (replace(NOW, tolerance=0), ["a tolerance of 0 (now 5)"]),
        (replace(NOW, reference="none"), ["no reference tables"]),
        (replace(NOW, reference="others"), ["other reference tables"]),
        (Options(0, "none", "old"), ["a tolerance of 0 (now 5)", "no reference tables",
                                     "other rules and rates"]),
    ],
)  # fmt: skip
def test_what_an_earlier_run_had(earlier: Options, said: list[str]) -> None:
    assert list(NOW.unlike(earlier)) == said
    row = {"run_id": "r1", "files": 3, **vars(earlier)}
    assert kept_amounts(NOW, [row]) == ((Kept("r1", 3, tuple(said)),) if said else ())


def shown(summary: Summary) -> str:
    console = Console(file=io.StringIO(), width=200)
    summary.show(console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_run_with_other_options_says_that_amounts_stay(
    operator: Operator, form_file: Callable[..., Path], tmp_path: Path
) -> None:
    tables = tmp_path / "tables"
    tables.mkdir()
    (tables / "workers.csv").write_text("inss,household\n85073003328,alone\n")
    inbox = form_file("first.xml").parent
    first = operator.run(inbox, tolerance=2)
    assert (first.kept, "Attention" in shown(first)) == ((), False)
    row = operator.ask("select tolerance, reference from ops.run")[0]
    assert row == {"tolerance": 2, "reference": "none"}

    other = operator.run(inbox, reference=tables)
    said = ("a tolerance of 2 (now 0)", "no reference tables")
    assert (other.kept, other.snapshot) == ((Kept(first.run_id, 1, said),), None)
    text = shown(other)
    assert f"1 file keeps the amounts of run {first.run_id}" in text
    assert "into a new lake" in text

    form_file("late.xml", (b"<Trusteeship>0</Trusteeship>", b"<Trusteeship>1</Trusteeship>"))
    more = operator.run(inbox, reference=tables)
    assert (more.kept, more.forms_accepted) == ((Kept(first.run_id, 1, said),), 1)
    assert more.snapshot is not None
    digests = operator.ask("select reference from ops.run order by committed_at")
    assert [row["reference"] == "none" for row in digests] == [True, False]
