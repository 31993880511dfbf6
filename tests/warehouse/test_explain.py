"""What a lake gives for an explanation."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.commit import Commit
from warehouse.errors import LakeError, QueryError
from warehouse.explain import evidence
from warehouse.lake import Lake

Form = Callable[..., dict[str, Any]]
MakeCommit = Callable[..., Commit]


def test_there_is_no_evidence_without_a_lake(
    tmp_path: Path, reader: duckdb.DuckDBPyConnection
) -> None:
    with pytest.raises(LakeError, match="is not a lake"), evidence(tmp_path, connection=reader):
        pass


def test_a_lake_without_derivations_says_so(lake: Lake, reader: duckdb.DuckDBPyConnection) -> None:
    """The tables of this lake are of a version that did not keep formulas."""
    message = "no derivations yet: no table core.formula"
    with (
        pytest.raises(QueryError, match=message),
        evidence(lake.directory, connection=reader),
    ):
        pass


def test_what_cannot_be_asked_is_told_in_words_of_the_lake(
    lake: Lake, reader: duckdb.DuckDBPyConnection
) -> None:
    from schemas.core import FORMULA

    lake.ensure_tables((FORMULA,))
    with evidence(lake.directory, connection=reader) as found:
        assert found.quarters() == []
        with pytest.raises(QueryError, match="company_vehicle"):
            found.vehicles("2023Q1", "000000191")
