"""A declaration of the same employer, trusteeship and quarter is accepted once.

This is the one check that crosses files, so it is made when all batches are done: among the
forms accepted in this run, in order of file name and form, and against those in the lake.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from schemas.kind import Kind
from transforms.findings import Finding


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A form that declares what another form declared before it."""

    row: int
    file_id: str
    form_no: int
    finding: Finding


def duplicates(
    forms: pa.Table, file_names: Mapping[str, str], declared: pa.Table, kind: Kind
) -> Iterator[Duplicate]:
    """Duplicates among the accepted ``forms`` (rows of ``ops.form``), in order.

    ``declared``: employer and trusteeship of what the lake holds for the quarter.
    """
    pairs = zip(
        declared.column("employer").to_pylist(),
        declared.column("trusteeship").to_pylist(),
        strict=True,
    )
    met: dict[tuple[str | None, str | None], str] = dict.fromkeys(pairs, "an earlier run")
    for row, form in _in_order(forms, file_names):
        key = (form["employer"], form["trusteeship"])
        if key in met:
            text = f"this employer has declared this quarter already, in {met[key]}"
            finding = Finding(
                kind.duplicate,
                text,
                suffix=kind.duplicate[-3:],
                line=form["line"],
                zone=kind.duplicate[:5],
            )
            yield Duplicate(row, form["file_id"], form["form_no"], finding)
        else:
            name = file_names[form["file_id"]]
            met[key] = f"form {form['form_no']} of {name}"


def _in_order(
    forms: pa.Table, file_names: Mapping[str, str]
) -> list[tuple[int, Mapping[str, Any]]]:
    names = ("employer", "trusteeship", "file_id", "form_no", "line", "disposition")
    rows = forms.select(names).to_pylist()
    accepted = [(n, row) for n, row in enumerate(rows) if row["disposition"] == "accepted"]
    return sorted(accepted, key=lambda r: (file_names[r[1]["file_id"]], r[1]["form_no"]))
