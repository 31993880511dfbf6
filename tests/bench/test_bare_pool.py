"""The bare pool does the work that Beam does: the same lake, row for row."""

import io
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from bare_pool import through_pool
from operators import QUARTER, Operator, write_quarter
from rich.console import Console

from pipelines.progress import Progress
from pipelines.request import Request
from pipelines.run import run

RELATIONS = "select bit_xor(hash(employer, inss, gross_remuneration, line)) from core.relation"
LINES = "select bit_xor(hash(code, line, outcome, computed_amount)) from core.contribution"


def test_a_pool_commits_what_beam_commits(tmp_path: Path) -> None:
    files = write_quarter(tmp_path / "files", employers=2)
    beam = Operator(tmp_path / "beam")
    beam.run(files)
    pool = Operator(tmp_path / "pool")
    request = Request("dmfa", QUARTER, (str(files),), str(pool.lake), None, "tester")
    silent = Progress(Console(file=io.StringIO()))
    with ThreadPoolExecutor(1) as in_this_process:
        summary = run(request, silent, partial(through_pool, in_this_process))
    assert summary.forms_accepted == 2
    assert summary.controls == beam.summaries[0].controls
    for sql in (RELATIONS, LINES):
        assert pool.value(sql) == beam.value(sql)
