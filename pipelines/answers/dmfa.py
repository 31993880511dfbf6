"""The answers to declarations of a quarter that differ from the Dimona, by what the last
confrontation found: a notification for each file that has such declarations."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from transforms.dimona.answers.confronted import confronted_forms
from transforms.dimona.answers.head import Telling
from transforms.dimona.answers.names import ANSWERS, AnswerNames
from transforms.dimona.answers.notification import document
from warehouse.answers import Answers
from warehouse.files import Place

READ_FINDINGS = 50_000
"""Findings that are read at once, of one file at least."""


@dataclass
class Told:
    """Numbers of what was answered; ``nowhere``: findings without a declaration to answer."""

    files: int = 0
    forms: int = 0
    findings: int = 0
    nowhere: int = 0


def answer_quarter(lake: Answers, quarter: str, output: Place, telling: Telling) -> Told:
    """Answers into a folder. Raises ``OSError``, ``LakeError``."""
    output.make()
    done = Told(nowhere=lake.without_declaration(quarter))
    names = AnswerNames()
    for files in _groups(lake.confronted_files(quarter)):
        ids = files.column("file_id").combine_chunks()
        forms, findings, periods = lake.confronted(quarter, ids)
        answers = confronted_forms(forms, findings, periods, files, telling)
        by_file: dict[str, list[str]] = {}
        for file_id, text in zip(forms.column("file_id").to_pylist(), answers, strict=True):
            by_file.setdefault(file_id, []).append(text.as_py())
        for file_id, name in zip(*(files.column(i).to_pylist() for i in (0, 1)), strict=True):
            with (output / names.of(ANSWERS, name)).replacing() as sink:
                sink.write(document(by_file[file_id]))
            done.files += 1
        done.forms += forms.num_rows
        done.findings += findings.num_rows
    return done


def _groups(files: pa.Table) -> Iterator[pa.Table]:
    """Neighbours with about ``READ_FINDINGS`` findings together."""
    before = np.cumsum(files.column("findings").to_numpy()) - files.column("findings").to_numpy()
    group = before // READ_FINDINGS
    for number in np.unique(group):
        rows = np.flatnonzero(group == number)
        yield files.slice(int(rows[0]), len(rows))
