"""A declaration of the same employer, trusteeship and quarter is accepted once.

This is the one check that crosses files, so it is made when all batches are done: among the
forms accepted in this run, in order of file name and form, and against those in the lake.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.kind import Kind
from transforms.findings import Finding
from transforms.shredded import Rows
from warehouse.parts import is_of

_KEY = ["employer", "trusteeship"]


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
    for row, form in _in_order(forms, _in_question(forms, declared), file_names):
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


def _in_question(forms: pa.Table, declared: pa.Table) -> Rows:
    """Rows of accepted forms that are not the only ones of their employer and trusteeship: few."""
    accepted = pc.equal(forms.column("disposition"), "accepted")
    counts = forms.filter(accepted).group_by(_KEY).aggregate([([], "count_all")])
    several = counts.filter(pc.greater(counts.column("count_all"), 1)).select(_KEY)
    asked = is_of(forms, pa.concat_tables([several, declared.select(_KEY)]))
    return np.flatnonzero(pc.and_(accepted, asked))


def _in_order(
    forms: pa.Table, some: Rows, file_names: Mapping[str, str]
) -> list[tuple[int, Mapping[str, Any]]]:
    names = (*_KEY, "file_id", "form_no", "line")
    rows = forms.select(names).take(pa.array(some)).to_pylist()
    return sorted(
        zip(some.tolist(), rows, strict=True),
        key=lambda r: (file_names[r[1]["file_id"]], r[1]["form_no"]),
    )
