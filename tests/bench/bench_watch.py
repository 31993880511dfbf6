"""``make bench-watch``: how long answers to Dimona messages take that arrive at a steady rate.

A register is made first and stays in the data folder for the next time. Each message is a file of
its own, made and dated now, as small senders do; it counts as answered when its notification is in
the outbox.
"""

import json
import shutil
import signal
import statistics
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import numpy as np
from options import Asked, asked_options
from register_corpus import Population, Stored, form, register, start

LIMIT = 5.0
"""Seconds within which each message should be answered."""
_PATIENCE = 60.0


@click.command()
@asked_options
@click.option("--periods", type=click.IntRange(min=1000), default=200_000)
@click.option("--rate", type=click.FloatRange(min=0.1), default=50.0, help="Messages a second.")
@click.option("--seconds", type=click.IntRange(min=1), default=30)
@click.option("--merge-after", type=click.IntRange(min=1), default=10, help="Seconds.")
def main(asked: Asked, periods: int, rate: float, seconds: int, merge_after: int) -> None:
    """Median and longest time from the arrival of a message to its answer."""
    folder = asked.data / f"watch-{periods}"
    people, stored = _register(folder, periods, asked)
    home = folder / "run"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(folder / "lake", home / "lake")
    inbox, outbox = home / "in", home / "out"
    inbox.mkdir()
    command = ["kwartaal", "watch", "dimona", "--lake", str(home / "lake")]
    command += ["--inbox", str(inbox), "--outbox", str(outbox), "--merge-after", str(merge_after)]
    watching = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert watching.stderr is not None
    watching.stderr.readline()  # it watches
    asked.tell(f"sending {rate:g} messages a second for {seconds} s")
    sent = _send(inbox, _messages(people, stored), rate, seconds)
    waits = _waits(outbox, sent)
    watching.send_signal(signal.SIGTERM)
    watching.communicate(timeout=_PATIENCE)
    shutil.rmtree(home)
    late = sum(wait > LIMIT for wait in waits)
    lines = [
        (
            f"{len(sent):,} messages, {rate:g} a second, into a register of {periods:,} periods,"
            f" which is merged every {merge_after} s"
        ),
        (
            f"answered after {statistics.median(waits):.2f} s (median), {max(waits):.2f} s at most;"
            f" {late} after more than {LIMIT:g} s, {len(sent) - len(waits)} not at all"
        ),
    ]
    as_json = json.dumps({"median": statistics.median(waits), "most": max(waits), "late": late})
    asked.deliver("\n".join(lines), as_json, "\n".join(lines))


def _register(folder: Path, periods: int, asked: Asked) -> tuple[Population, Stored]:
    people = Population.of(periods)
    stored = Stored.drawn(periods, people, seed=1)
    if not (folder / "made").exists():
        asked.tell(f"making a register of {periods:,} periods in {folder}")
        shutil.rmtree(folder, ignore_errors=True)
        register(folder / "lake", stored, people)
        (folder / "made").touch()
    return people, stored


def _messages(people: Population, stored: Stored) -> Iterator[str]:
    """Starts of tomorrow, and every third time the end of an open period."""
    rng = np.random.default_rng(1)
    opened = iter(np.flatnonzero(stored.is_open).tolist())
    ids = stored.numbers
    number = 0
    while True:
        number += 1
        now = datetime.now(UTC)
        if number % 3 == 0 and (period := next(opened, None)) is not None:
            end = f"<EndingDate>{now.date() + timedelta(1)}</EndingDate>"
            name = f"<DimonaPeriodId>{ids[period].as_py()}</DimonaPeriodId>"
            yield form(now, number, f"<DimonaOut>{name}{end}</DimonaOut>")
        else:
            inss = people.inss[int(rng.integers(len(people.inss)))].as_py()
            employer = people.employers[int(rng.integers(len(people.employers)))].as_py()
            yield form(now, number, start(now, "OTH", employer, inss))


def _send(inbox: Path, messages: Iterator[str], rate: float, seconds: int) -> dict[str, float]:
    """Writes files at a rate; the moment of each by the rest of its name."""
    sent = {}
    begin = time.time()
    for number in range(int(rate * seconds)):
        time.sleep(max(begin + number / rate - time.time(), 0))
        rest = f"DIMN.123456.20260101.{number:06}.T.1.1"
        (inbox / f"FI.{rest}").write_text(f"<Dimona>{next(messages)}</Dimona>")
        (inbox / f"GO.{rest}").touch()
        sent[rest] = time.time()
    return sent


def _waits(outbox: Path, sent: dict[str, float]) -> list[float]:
    """Seconds until each answer was in the outbox, by the moment of its last rename."""
    until = time.time() + _PATIENCE
    while time.time() < until and len(list(outbox.glob("NO.*"))) < len(sent):
        time.sleep(0.1)
    there = {path.name.removeprefix("NO."): path for path in outbox.glob("NO.*")}
    answers = {rest: path.stat().st_ctime for rest, path in there.items()}
    return [answers[rest] - moment for rest, moment in sent.items() if rest in answers]


if __name__ == "__main__":
    main()
