"""The targets, and what was measured against each: one function a row, in one visible order."""

from collections.abc import Callable, Iterator, Sequence

from figures_of import megabytes, percent
from results import Result, Row

MET, MISSED, UNMEASURED = "met", "missed", "not measured"
RUN_OVER_FLOOR = 3.0
BEAM = 0.10
AGAIN = 0.10
FLAT = 0.15
SLOWER = 0.25
WORKER_MEMORY = 1_000_000_000
POINT_SECONDS = 0.060
TOTALS_SECONDS = 1.0
NATIONAL_SECONDS = 360.0
NATIONAL_FLOOR = 90.0
NATIONAL_FORMS, NATIONAL_BYTES, NATIONAL_RELATIONS = 240_000, 17_900_000_000, 4_300_000
"""What is smaller is not called national."""
SMALL, BATCH, GIANT = "small", "batch", "giant"


def at_most(measured: float, limit: float) -> str:
    return MET if measured <= limit else MISSED


def at_scale(measured: float, limit: float, is_national: bool) -> str:
    """A target for the country is not met by less; a miss by less is a miss."""
    verdict = at_most(measured, limit)
    return verdict if is_national or verdict == MISSED else UNMEASURED


def over_floor(result: Result) -> Iterator[Row]:
    measure = "wall time of a run over that of two parallel `xmllint --sax --schema`"
    target = f"≤ {RUN_OVER_FLOOR}"
    if not result.has(SMALL, "floor"):
        yield Row(measure, target, result.absent.get("floor", ""), UNMEASURED)
        return
    run, floor = result.wall(SMALL, "run"), result.wall(SMALL, "floor")
    ratio = run.median / floor.median
    text = f"{ratio:.2f}: {run.shown('s')} over {floor.shown('s')}"
    yield Row(measure, target, text, at_most(ratio, RUN_OVER_FLOOR))


def beam_over_pool(result: Result) -> Iterator[Row]:
    run, pool = result.wall(SMALL, "run"), result.wall(SMALL, "pool")
    more = run.median / pool.median - 1
    text = f"{percent(more)}: {run.shown('s')} over {pool.shown('s')}"
    measure = "overhead of Beam over a bare process pool doing the same work"
    yield Row(measure, f"≤ {percent(BEAM)}", text, at_most(more, BEAM))


def correcting_nothing(result: Result) -> Iterator[Row]:
    run, again = result.wall(SMALL, "run"), result.wall(SMALL, "again")
    share = again.median / run.median
    text = f"{percent(share)}: {again.shown('s')} of {run.shown('s')}"
    measure = "correcting nothing: the same input again, over the first run"
    yield Row(measure, f"≤ {percent(AGAIN)}", text, at_most(share, AGAIN))


def shapes(result: Result) -> Iterator[Row]:
    """One batch file and one giant: speed beside small files, and memory of each worker."""
    small = result.speed(SMALL, "run")
    for name, title in ((BATCH, "one batch file"), (GIANT, "one giant employer")):
        speed = result.speed(name, "run")
        slower = 1 - speed / small
        about = f"{title} of {_contents(result, name)}"
        text = f"{speed / 1e6:.1f} MB/s beside {small / 1e6:.1f} MB/s of small files"
        target = f"within {percent(SLOWER)}"
        yield Row(f"throughput of {about}", target, text, at_most(slower, SLOWER))
        peak = result.peak(name, "run", "worker")
        target = f"≤ {megabytes(WORKER_MEMORY)}"
        row = Row(f"peak memory of a worker, {title}", target, megabytes(peak), "")
        yield Row(row.measure, target, row.measured, at_most(peak, WORKER_MEMORY))


def _contents(result: Result, name: str) -> str:
    inside = result.corpora[name]
    if inside.forms > 1:
        return f"{megabytes(inside.bytes)}, {inside.forms:,} forms"
    return f"{megabytes(inside.bytes)}, {inside.records:,} worker records"


def flat(result: Result) -> Iterator[Row]:
    """Declarations differ in size from one number of employers to the next, so the cost of one is
    that of its worker records, times the mean of the largest corpus."""
    sizes = sorted(scaling(result), key=lambda name: result.corpora[name].forms)
    if len(sizes) < 2:
        return
    largest = result.corpora[sizes[-1]]
    mean = largest.records / largest.forms
    costs = [
        1000 * mean * result.wall(name, "run").median / result.corpora[name].records
        for name in sizes
    ]
    apart = max(costs) / min(costs) - 1
    pairs = zip(sizes, costs, strict=True)
    text = ", ".join(f"{result.corpora[name].forms:,}: {cost:.2f} ms" for name, cost in pairs)
    first, last = (f"{result.corpora[name].forms:,}" for name in (sizes[0], sizes[-1]))
    measure = f"cost per declaration from {first} to {last} declarations"
    target = f"flat within {percent(FLAT)}"
    yield Row(measure, target, f"{percent(apart)} apart ({text})", at_most(apart, FLAT))


def scaling(result: Result) -> Sequence[str]:
    """Corpora of one declaration a file that were run."""
    return [
        name
        for name, inside in result.corpora.items()
        if inside.files == inside.forms > 1 and result.has(name, "run")
    ]


def national(result: Result) -> Iterator[Row]:
    run = result.wall(SMALL, "run")
    target = f"≤ {NATIONAL_SECONDS / 60:.0f} minutes where the floor is {NATIONAL_FLOOR:.0f} s"
    text = f"{run.median / 60:.1f} minutes"
    if result.has(SMALL, "floor"):
        floor = result.wall(SMALL, "floor").median
        text += f"; the floor is {floor:.0f} s"
    verdict = at_scale(run.median, NATIONAL_SECONDS, _is_national(result))
    yield Row(f"{_country(result)}, once, end to end", target, text, verdict)


def national_memory(result: Result) -> Iterator[Row]:
    peak, driver = (result.peak(SMALL, "run", role) for role in ("worker", "driver"))
    text = f"{megabytes(peak)}; driver {megabytes(driver)}"
    verdict = at_scale(peak, WORKER_MEMORY, _is_national(result))
    measure = f"peak memory of a worker, {_country(result)}"
    yield Row(measure, f"≤ {megabytes(WORKER_MEMORY)}", text, verdict)


def _country(result: Result) -> str:
    inside = result.corpora[SMALL]
    return f"{inside.forms:,} declarations, {inside.bytes / 1e9:.1f} GB"


def _is_national(result: Result) -> bool:
    inside = result.corpora[SMALL]
    return inside.forms >= NATIONAL_FORMS and inside.bytes >= NATIONAL_BYTES


Target = Callable[[Result], Iterator[Row]]
ORDINARY: tuple[Target, ...] = (over_floor, beam_over_pool, correcting_nothing, shapes, flat)
NATIONAL: tuple[Target, ...] = (
    national,
    national_memory,
    over_floor,
    correcting_nothing,
    flat,
)
SCALING: tuple[Target, ...] = (flat,)


def judged(result: Result, targets: Sequence[Target]) -> list[Row]:
    return [row for target in targets for row in target(result)]
