"""What is read ahead comes in order, is bounded, and fails where it is used."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from pipelines import ahead as module
from pipelines.ahead import ahead


def test_everything_comes_in_order() -> None:
    items = [5, 1, 7, 0, 3] * 20
    assert list(ahead(items, lambda item: b"x" * item, lambda item: item)) == [
        (item, b"x" * item) for item in items
    ]


def test_no_more_than_the_limit_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AHEAD_BYTES", 10)
    monkeypatch.setattr(module, "BUNDLE_BYTES", 1)
    started: list[int] = []
    seen: list[int] = []

    def read(item: int) -> int:
        started.append(item)
        assert len(started) - len(seen) <= 6
        return item

    for item, _ in ahead(range(50), read, lambda _: 3):
        seen.append(item)
    assert seen == started == list(range(50))


def test_reading_goes_on_while_something_is_worked_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUNDLE_BYTES", 1)
    second = threading.Event()

    def read(item: int) -> int:
        if item == 1:
            second.set()
        return item

    found = ahead([0, 1], read, lambda _: 1)
    assert next(found) == (0, 0)
    assert second.wait(5)
    assert list(found) == [(1, 1)]


def test_small_items_are_read_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUNDLE_BYTES", 10)
    handed: list[list[int]] = []
    bundled = module._read

    def watched(bundle: list[int], read: Any) -> Any:
        handed.append(bundle)
        return bundled(bundle, read)

    monkeypatch.setattr(module, "_read", watched)
    items = [4, 4, 4, 30, 1, 1]
    assert [item for item, _ in ahead(items, str, lambda item: item)] == items
    assert handed == [[4, 4], [4], [30], [1, 1]]


def test_an_error_is_raised_where_the_item_is_used() -> None:
    def read(item: int) -> int:
        if item == 2:
            raise OSError("gone")
        return item

    def used() -> Iterator[int]:
        for item, _ in ahead(range(9), read, lambda _: 1):
            yield item

    found = used()
    assert [next(found), next(found)] == [0, 1]
    with pytest.raises(OSError, match="gone"):
        next(found)
