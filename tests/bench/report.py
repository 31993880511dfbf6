"""A result as text for people, and its rows as a table of the README."""

from collections.abc import Iterator, Mapping, Sequence

from figures_of import megabytes, percent
from results import Result, Row

_NAMES = {
    "floor": "floor: xmllint, {} at a time",
    "run": "kwartaal run",
    "again": "kwartaal run again, nothing new",
    "pool": "bare pool of {} processes",
    "spark": "peer: Spark's XML reader, counts only",
    "pandas": "peer: pandas.read_xml, counts only",
    "iterparse": "peer: lxml iterparse, counts only",
}
_BUSY = 0.5
"""Processes that were running or waiting when a benchmark began."""


def text(result: Result) -> str:
    return "\n".join(_lines(result)) + "\n"


def _lines(result: Result) -> Iterator[str]:
    yield result.command
    yield ", ".join(f"{name} {value}" for name, value in result.machine.items())
    if float(result.machine["load at the start"]) > _BUSY:
        yield "the machine was busy with other work: seconds are more than on a quiet one"
    if result.samples:
        yield f"medians of {result.runs} (smallest to largest), {result.processes} processes"
    for name in result.samples:
        yield ""
        yield from _corpus(result, name)
    yield ""
    for name, reason in result.absent.items():
        yield f"{name} was skipped: {reason}"
    yield from result.notes
    yield ""
    for row in result.rows:
        yield f"{row.verdict.upper():12} {row.measure}: {row.measured} (target {row.target})"


def _corpus(result: Result, name: str) -> Iterator[str]:
    inside = result.corpora[name]
    yield (
        f"{name}: {inside.files:,} files, {inside.forms:,} declarations, "
        f"{inside.records:,} worker records, {inside.bytes / 1e6:,.1f} MB"
    )
    for contender in result.samples[name]:
        yield from _contender(result, name, contender)
    if result.has(name, "run"):
        yield from _profile(result, name)


def _contender(result: Result, name: str, contender: str) -> Iterator[str]:
    inside, wall = result.corpora[name], result.wall(name, contender)
    title = _NAMES[contender].format(result.processes if inside.files > 1 else 1)
    if contender == "pool":
        title = _NAMES[contender].format(result.processes)
    speed = f"{result.speed(name, contender) / 1e6:6.1f} MB/s"
    yield f"  {title:38} {wall.shown('s', 2):>28}  {speed}"
    cpu = result.cpu(name, contender)
    read = max(sample.read for sample in result.samples[name][contender])
    each = 1000 * wall.median / inside.forms
    yield (
        f"      CPU {cpu.shown('s', 2)}; read {megabytes(read)}; a declaration: {each:.2f} ms, "
        f"{1000 * cpu.median / inside.forms:.2f} CPU ms"
    )
    yield f"      peak memory: {_peaks(result, name, contender)}"


def _peaks(result: Result, name: str, contender: str) -> str:
    """Every process of the round in which one was largest; small ones are counted together."""
    samples = result.samples[name][contender]
    sample = max(samples, key=lambda one: max((peak.memory for peak in one.peaks), default=0))
    shown = [f"{p.role} {megabytes(p.memory)}" for p in sample.peaks if p.role != "other"]
    others = [p.memory for p in sample.peaks if p.role == "other"]
    if others:
        shown.append(f"{len(others)} other, the largest {megabytes(max(others))}")
    return ", ".join(shown) or "gone before the first look"


def _profile(result: Result, name: str) -> Iterator[str]:
    """Seconds of stages over all workers; the rest is start, survey, Beam, collecting, commit."""
    stages, cpu = result.stages(name, "run"), result.cpu(name, "run").median
    yield f"    where the {cpu:.2f} CPU seconds of a run go (stages by the clock of the workers)"
    for stage, seconds in stages.items():
        yield _part(stage, seconds, cpu)
    rest = cpu - sum(stages.values())
    if rest >= 0:
        yield _part("everything else", rest, cpu)
    else:
        yield f"      stages waited {-rest:.1f} s or more: the machine was busy with other work"


def _part(stage: str, seconds: float, cpu: float) -> str:
    return f"      {stage:20} {seconds:8.2f} s {percent(seconds / cpu):>8}"


def markdown(rows: Sequence[Row]) -> str:
    """The table of the README: measure, target, measured, verdict."""
    lines = ["| Measure | Target | Measured | Verdict |", "|---|---|---|---|"]
    lines += [f"| {r.measure} | {r.target} | {r.measured} | {_loud(r.verdict)} |" for r in rows]
    return "\n".join(lines) + "\n"


def _loud(verdict: str) -> str:
    return f"**{verdict}**" if verdict == "missed" else verdict


def on_machine(machine: Mapping[str, str]) -> str:
    """Under the table: where that was measured."""
    return (
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory']}, "
        f"Python {machine['python']}, kwartaal {machine['kwartaal']}, {machine['day']}"
    )
