"""How many jobs an employer offers: a function of its number only.

Numbers follow the golden-ratio sequence, which fills 0..1 evenly: any run of consecutive
employers holds every size class in about its share, so 500 employers are a small country and
240,000 a whole one, with the same volume for every seed. The largest employer stays below the
upper bound of the last size class (20,000 jobs).
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from transforms.synth.figures import Figures

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_START = np.uint64(96_073)
"""Where in the sequence employer 0 stands: there, 500 employers have the mean size of 240,000."""
_CHUNK = 4096

Jobs = npt.NDArray[np.int64]


def jobs_of(figures: Figures, employer: int) -> tuple[int, int]:
    """Jobs of an employer (at least 1), and of all employers with a smaller number."""
    number, place = divmod(employer, _CHUNK)
    sizes, before = _chunk(figures, number)
    return sizes[place], before[place]


def jobs(figures: Figures, first: int, last: int) -> Jobs:
    """Jobs of employers ``first`` up to but not including ``last``."""
    numbers = (np.arange(first, last, dtype=np.uint64) + _START) * _GOLDEN
    position = (numbers >> np.uint64(11)).astype(np.float64) / float(1 << 53)
    sizes = np.ones(last - first, dtype=np.int64)
    total, below = sum(c.share for c in figures.sizes), 0.0
    for size in figures.sizes:
        share = size.share / total
        inside = (position - below) / share
        chosen = (inside >= 0) & (inside < 1)
        sizes[chosen] = _bounded_pareto(inside[chosen], size.low, size.high, size.exponent)
        below += share
    return sizes


@lru_cache(maxsize=8)
def _chunk(figures: Figures, number: int) -> tuple[list[int], list[int]]:
    sizes = jobs(figures, number * _CHUNK, (number + 1) * _CHUNK)
    start = sum(_chunk_total(figures, n) for n in range(number))
    return sizes.tolist(), (start + np.cumsum(sizes) - sizes).tolist()


@lru_cache(maxsize=1 << 16)
def _chunk_total(figures: Figures, number: int) -> int:
    return int(jobs(figures, number * _CHUNK, (number + 1) * _CHUNK).sum())


def _bounded_pareto(draw: npt.NDArray[np.float64], low: int, high: int, exponent: float) -> Jobs:
    """Sizes at ``draw`` (uniform in 0..1), from ``low`` up to but not including ``high``."""
    ratio = (low / high) ** exponent
    values = low * (1 - draw * (1 - ratio)) ** (-1 / exponent)
    capped: Jobs = np.minimum(values, high - 1).astype(np.int64)
    return capped
