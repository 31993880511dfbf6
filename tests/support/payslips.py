"""Random occupations: full and part time, all kinds of pay and time, with what they may deduct."""

import random
from collections.abc import Sequence

from declared import occupation, remun, service

PAY_CODES = ("001",) * 8 + ("002", "004", "005", "006", "007", "010", "012", "013")
EXCLUDING_CODES = ("003", "009", "022")
TIME_CODES = ("001",) * 9 + ("002", "003", "005", "012", "020", "030", "050", "072")
WEEKS = (500, 500, 500, 600, 550, 350)
HOURS = (3800, 3800, 4000, 3650)
SHARES = (0.2, 0.27, 0.29, 0.5, 0.55, 0.6, 0.8, 0.9, 1.0, 1.0, 1.0)


def job(
    rng: random.Random,
    number: int = 1,
    committee: str = "200",
    deductions: Sequence[str] = (),
    part: float | None = None,
) -> str:
    """``part``: about how much of a full quarter is worked; any when not given."""
    week, full = rng.choice(WEEKS), rng.choice(HOURS)
    part_time = rng.random() < 0.5
    share = rng.choice(SHARES) if part is None else part
    hours = max(1, round(full * share)) if part_time else rng.choice((None, full))
    days = max(1, round(13 * week * (1 if part_time else share)))
    pays = [
        remun(_amount(rng, share), rng.choice(PAY_CODES), n) for n in range(1, rng.randint(2, 5))
    ]
    if rng.random() < 0.06:
        pays.append(remun(1000, rng.choice(EXCLUDING_CODES), len(pays) + 1))
    times, left = [], days
    for at in range(1, rng.randint(2, 4)):
        used = left if rng.random() < 0.5 else rng.randint(1, left)
        left = max(1, left - used)
        worked = None if hours is None else max(1, round(used * full / week * share))
        times.append(service(used, worked, rng.choice(TIME_CODES), at))
    if rng.random() < 0.05:
        times = []
    return occupation(
        *times,
        *pays,
        *deductions,
        number=number,
        committee=committee,
        week=0 if rng.random() < 0.03 else week,
        full_time=full,
        hours=hours,
    )


def _amount(rng: random.Random, share: float) -> int:
    most = rng.choice((200_000, 300_000, 400_000, 500_000, 700_000, 2_500_000))
    return max(1, int(rng.randrange(most) * share))
