"""Messages that are taken in as they arrive: nothing is lost and nothing is answered twice."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from dimona_streams import cancel, nsso, number, out, start, stream, student
from dimona_xml import take_in, write
from registers import at_once, batches, in_lake, shown

from pipelines.watch import loop
from pipelines.watch.answering import answers
from pipelines.watch.live import Live
from pipelines.watch.loop import Watch, Watched
from schemas.ops import FILE
from warehouse.errors import LakeError
from warehouse.location import Location

SINCE = datetime(2023, 1, 12, 6, tzinfo=UTC)


class Crash(BaseException):
    """The process is gone."""


def answer(tables: Mapping[str, Any], _valid: Sequence[int], _live: Live) -> dict[str, bytes]:
    """One for each file."""
    names = tables[FILE.full_name].column("name").to_pylist()
    return {Path(name).name: b"answer" for name in names}


def watched(home: Path, merge_after: float = 1e9) -> Watched:
    lake = Location.of(home / "lake")
    inbox, outbox, taken = (home / name for name in ("in", "out", "taken"))
    return Watched(lake, inbox, outbox, taken, None, "tester", answer, merge_after)


def send(home: Path, files: list[Any], first: int = 0) -> None:
    write(home / "in", files, SINCE, first)
    for path in (home / "in").glob("FI.*"):
        path.with_name("GO." + path.name[3:]).touch()


def taken_by_hand(home: Path, answers: list[str]) -> None:
    """Whoever waits for answers takes them at once."""
    for path in (home / "out").iterdir():
        answers.append(path.name)
        path.unlink()


def test_what_arrives_is_in_the_register_and_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = batches(stream(3, 90), 6)
    write(tmp_path / "all", files, SINCE)
    expected = shown(at_once(tmp_path / "all", tmp_path / "home"))
    monkeypatch.setattr(loop, "MOST_FILES", 4)
    send(tmp_path, files[:8])
    answers: list[str] = []
    with Watch(watched(tmp_path)) as watch:
        assert watch.step()
        watch.merge()
        while watch.step():
            taken_by_hand(tmp_path, answers)
    send(tmp_path, files[8:], 8)
    with Watch(watched(tmp_path)) as watch:  # with a journal
        while watch.step():
            taken_by_hand(tmp_path, answers)
        watch.stop()
        watch.run()
    assert in_lake(tmp_path / "lake") == expected
    assert sorted(answers) == sorted(path.name for path in (tmp_path / "all").iterdir())
    assert list((tmp_path / "in").iterdir()) == []
    assert len(list((tmp_path / "taken").iterdir())) == 2 * len(files)


@pytest.mark.parametrize(
    ("target", "done"),
    [
        ("pathlib.Path.rename", False),
        ("pathlib.Path.rename", True),
        ("pathlib.Path.replace", True),
        ("warehouse.lake.Lake.commit", True),
        ("shutil.rmtree", True),
    ],
)
def test_a_stop_anywhere_loses_nothing_and_answers_nothing_twice(
    target: str, done: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process ends at some call of a function; ``done``: when that has done its work."""
    rows = [start(1), out(2, number(1)), start(3, employer="112367321")]
    send(tmp_path, [[row] for row in rows])
    answers: list[str] = []
    for countdown in (1, 2, 3, 5):
        try:
            with monkeypatch.context() as patched, Watch(watched(tmp_path, merge_after=0)) as watch:
                patched.setattr(target, _crashing(target, countdown, done))
                while watch.step():
                    taken_by_hand(tmp_path, answers)
                watch.merge()
        except Crash:
            taken_by_hand(tmp_path, answers)
    with Watch(watched(tmp_path, merge_after=0)) as watch:
        while watch.step():
            pass
        watch.merge()
    taken_by_hand(tmp_path, answers)
    assert len(in_lake(tmp_path / "lake")["dimona.declaration"]) == len(rows)
    assert len(answers) == len(set(answers)) == len(rows)
    assert list((tmp_path / "in").iterdir()) == []


def _crashing(target: str, countdown: int, done: bool) -> Callable[..., Any]:
    """The function, which ends the process at its ``countdown``-th call."""
    owner, _, name = target.rpartition(".")
    real = getattr(_found(owner), name)
    left = [countdown]

    def crashing(*args: Any, **kwargs: Any) -> Any:
        left[0] -= 1
        if left[0] == 0 and not done:
            raise Crash
        result = real(*args, **kwargs)
        if left[0] == 0:
            raise Crash
        return result

    return crashing


def _found(path: str) -> Any:
    from importlib import import_module

    try:
        return import_module(path)
    except ModuleNotFoundError:
        owner, _, name = path.rpartition(".")
        return getattr(_found(owner), name)


def test_a_lake_is_watched_by_one_and_not_run_into_meanwhile(tmp_path: Path) -> None:
    send(tmp_path, [[start(1)]])
    write(tmp_path / "more", [[start(2)]], SINCE)
    with Watch(watched(tmp_path)) as watch:
        watch.step()
        with pytest.raises(LakeError, match="watched already"), Watch(watched(tmp_path)):
            pass
        with pytest.raises(LakeError, match="watched already"):
            take_in(tmp_path / "lake", tmp_path / "more")
    with pytest.raises(LakeError, match="not in the register yet"):
        take_in(tmp_path / "lake", tmp_path / "more")


def test_what_cannot_be_read_is_acknowledged_once(tmp_path: Path) -> None:
    (tmp_path / "in" / "FI.folder").mkdir(parents=True)
    (tmp_path / "in" / "GO.folder").touch()
    with Watch(replace(watched(tmp_path), answer=partial(answers, language="en"))) as watch:
        assert watch.step()
        assert not watch.step()
    (told,) = (tmp_path / "out").iterdir()
    assert "<ResultCode>0</ResultCode>" in told.read_text()
    assert (tmp_path / "taken" / "FI.folder").is_dir()


def test_a_file_without_its_go_file_waits(tmp_path: Path) -> None:
    write(tmp_path / "in", [[start(1)]], SINCE)
    with Watch(watched(tmp_path)) as watch:
        assert not watch.step()
        send(tmp_path, [])
        assert watch.step()


def test_second_deliveries_are_answered_as_the_first_ones(tmp_path: Path) -> None:
    """In one batch, in a later one, and after a merge; and each file by its own answer."""
    watching = replace(watched(tmp_path), answer=partial(answers, language="en"))
    said = [start(1), student(2, 40, employer=nsso(2)), cancel(3, number(9))]
    send(tmp_path, [said, said])
    with Watch(watching) as watch:
        assert watch.step()
        send(tmp_path, [said], 2)
        assert watch.step()
        watch.merge()
        send(tmp_path, [said], 3)
        assert watch.step()
        watch.merge()
    found = sorted((tmp_path / "out").glob("NO.*"))
    assert len(found) == 4
    told = [without_place(path.read_text()) for path in found]
    assert told[0].count("<ResultCode>1</ResultCode>") == 2
    assert set(told) == {told[0]}
    assert [path.name[3:] in path.read_text() for path in found] == [True] * 4


def without_place(answer: str) -> str:
    """An answer without what tells when and what for it was made."""
    places = "FormCreationHour|FormCreationDate|FileName|ReceptionHour|ReceptionDate"
    return re.sub(rf"<({places})>[^<]*", r"<\1>", answer)


def test_another_file_of_a_name_that_was_taken_in_is_no_leftover(tmp_path: Path) -> None:
    """The journal still has the first one when it starts again."""
    send(tmp_path, [[start(1)]])
    with Watch(watched(tmp_path)) as watch:
        assert watch.step()
    send(tmp_path, [[start(2, employer=nsso(5))]])
    with Watch(watched(tmp_path)) as watch:
        assert watch.step()
        watch.merge()
    assert len(in_lake(tmp_path / "lake")["dimona.declaration"]) == 2
    assert len(list((tmp_path / "taken").glob("FI.*"))) == 2
