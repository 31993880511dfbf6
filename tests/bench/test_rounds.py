"""Rounds rotate, corpora are made once, and work that is not done is no measurement."""

import json
from pathlib import Path

import pytest
from contenders import (
    AGAIN,
    FLOOR,
    POOL,
    RUN,
    WrongWork,
    accepted_all,
    accepted_none,
    counted_records,
)
from corpora import Contents, Corpus, NoRoom, announced
from rounds import rotated

UNITS = [[FLOOR], [RUN, AGAIN], [POOL]]
INSIDE = Contents(1, 3, 30, 1000)


def test_each_unit_is_first_as_often_as_the_others() -> None:
    orders = [rotated(UNITS, number) for number in range(6)]
    assert [order[0] for order in orders] == UNITS * 2
    assert all(sorted(map(id, order)) == sorted(map(id, UNITS)) for order in orders)
    assert rotated([], 4) == []


def test_a_run_that_took_other_forms_is_no_measurement() -> None:
    summary = {"forms_accepted": 3, "stages": {"read": 0.5}}
    assert accepted_all(json.dumps(summary), INSIDE) == {"read": 0.5}
    with pytest.raises(WrongWork):
        accepted_none(json.dumps(summary), INSIDE)
    with pytest.raises(WrongWork):
        accepted_all(json.dumps(summary | {"forms_accepted": 2}), INSIDE)
    with pytest.raises(WrongWork):
        counted_records("29", INSIDE)


def test_a_corpus_is_made_once_and_is_as_large_as_announced(tmp_path: Path) -> None:
    corpus = Corpus("small", 30, below=tmp_path)
    corpus.make(1)
    inside = corpus.contents
    assert (inside.files, inside.forms) == (30, 30)
    assert inside.bytes == sum(path.stat().st_size for path in corpus.paths())
    assert inside.records == sum(p.read_bytes().count(b"<WorkerRecord>") for p in corpus.paths())
    assert abs(corpus.expected_bytes / inside.bytes - 1) < 0.15
    corpus.paths()[0].unlink()
    corpus.make(1)
    assert len(corpus.paths()) == 29


def test_parameters_name_the_folder(tmp_path: Path) -> None:
    corpora = [
        Corpus("a", 30, below=tmp_path),
        Corpus("a", 31, below=tmp_path),
        Corpus("a", 30, forms_per_file=30, below=tmp_path),
        Corpus("a", 30, workers=2, below=tmp_path),
    ]
    assert len({corpus.folder for corpus in corpora}) == len(corpora)


def test_a_disk_without_room_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    huge = Corpus("huge", 1_000_000, workers=10_000, below=tmp_path)
    with pytest.raises(NoRoom, match="are needed"):
        list(announced([huge], 2))
    assert not huge.folder.exists()
