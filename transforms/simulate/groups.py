"""The groups that a line belongs to: sector, size of the employer, wage band."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.simulation import LINES
from transforms.contribute.lines import declared_lines
from transforms.money import Cents
from transforms.rates.book import read_yaml
from transforms.shredded import Rows, Shredded
from transforms.simulate.beside import keys_of

NONE = "none"
"""The group of lines without one: those without a person, a record without occupation."""
_RECORD = ("file_id", "form_no", "line", "inss", "employer_class", "worker_code")


def grouped(lines: pa.Table, shredded: Shredded, gross: Cents) -> pa.Table:
    """Paired lines with their groups: rows of ``simulation.lines``."""
    record = _records(lines, shredded)
    groups = {
        "sector": _sectors(shredded).take(_rows(record)),
        "employer_size": _sizes(shredded).take(_rows(_declarations(lines, shredded))),
        "wage_band": _banded("wage_band", gross // 100).take(_rows(record)),
    }
    named = {name: pc.fill_null(values, NONE) for name, values in groups.items()}
    columns = {name: lines.column(name) for name in lines.column_names} | named
    return pa.table([columns[f.name] for f in LINES.inside], schema=LINES.inside)


def bounds(name: str) -> tuple[int, ...]:
    """Where the groups of a breakdown begin."""
    return _read()[name]


def labels(name: str) -> list[str]:
    """The groups of a breakdown in order: ``1-4``, ``5-9``, ... ``1000+``."""
    starts = bounds(name)
    ends = [f"{start}-{end - 1}" for start, end in pairwise(starts)]
    return [*ends, f"{starts[-1]}+"]


@cache
def _read() -> dict[str, tuple[int, ...]]:
    content = files("transforms.simulate").joinpath("groups.yaml").read_bytes()
    return {name: _rising(starts) for name, starts in read_yaml(content, "groups.yaml").items()}


def _rising(starts: Sequence[int]) -> tuple[int, ...]:
    if sorted(set(starts)) != list(starts):
        raise ValueError(f"bounds {starts} do not rise")
    return tuple(starts)


def _banded(name: str, values: Rows) -> pa.Array:
    """The group of each value, null below the first."""
    at = np.searchsorted(np.array(bounds(name)), values, side="right") - 1
    return pa.array(labels(name)).take(_rows(at))


def _rows(at: Rows) -> pa.Array:
    return pa.array(at, mask=at < 0)


def _records(lines: pa.Table, shredded: Shredded) -> Rows:
    """The worker record of each line, -1 without one."""
    declared = declared_lines(shredded).record
    rest = lines.slice(len(declared)).select(_RECORD)
    if not rest.num_rows:
        return declared
    known = keys_of(shredded.tables["worker_record"].select(_RECORD), _RECORD)
    found = pc.index_in(keys_of(rest, _RECORD), value_set=known.combine_chunks())
    return np.concatenate([declared, np.asarray(found.fill_null(-1), dtype=np.int64)])


def _sectors(shredded: Shredded) -> pa.Array:
    """First three digits of the joint committee of the first occupation of each record."""
    owner = shredded.owners("occupation", "worker_record")
    first = np.full(shredded.tables["worker_record"].num_rows, -1)
    first[owner[::-1]] = np.arange(len(owner))[::-1]
    committee = shredded.column("occupation", "joint_commission_nbr").take(_rows(first))
    return pc.utf8_slice_codeunits(committee, 0, 3)


def _sizes(shredded: Shredded) -> pa.Array:
    """The size class of each declaration."""
    owner = shredded.owners("natural_person", "employer_declaration")
    declarations = shredded.tables["employer_declaration"].num_rows
    return _banded("employer_size", np.bincount(owner, minlength=declarations))


def _declarations(lines: pa.Table, shredded: Shredded) -> Rows:
    """The declaration of each line."""
    known = shredded.tables["employer_declaration"]
    files = pc.unique(known.column("file_id"))
    places = _places(known, files)
    order = np.argsort(places)
    return order[np.searchsorted(places[order], _places(lines, files))]


def _places(table: pa.Table, files: pa.Array) -> Rows:
    """File and number of a form as one number."""
    file = np.asarray(pc.index_in(table.column("file_id"), value_set=files), dtype=np.int64)
    return file * 2**32 + np.asarray(table.column("form_no"), dtype=np.int64)
