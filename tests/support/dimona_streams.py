"""Streams of Dimona messages as they are handed to the register, for tests and measurements."""

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from schemas.dimona.register import MESSAGE
from transforms.dimona.numbers import numbers
from transforms.identifiers import make_inss, make_nsso

Row = dict[str, Any]
FLAGS = [f.name for f in MESSAGE.inside if f.type == pa.bool_()]
DAY = date(2023, 1, 10)
MORNING = datetime(2023, 1, 10, 6, tzinfo=UTC)
OPEN = date(9999, 12, 31)


def inss(serial: int) -> str:
    return make_inss(date(1985, 1, 1) + timedelta(serial // 400), serial % 400 + 1)


def nsso(serial: int) -> str:
    return make_nsso(1200 + serial)


def number(receipt: int) -> str:
    """The number that a start with this receipt gets."""
    found: str = numbers(np.array([receipt]))[0].as_py()
    return found


def message(receipt: int, action: str, **said: Any) -> Row:
    at = said.pop("at", MORNING + timedelta(seconds=receipt))
    form = {"form_creation_date": at.date(), "form_creation_hour": "08:00:00.000"}
    place = {"file_id": f"file{receipt:010}", "form_no": 1, "line": 1}
    head = {"attestation_status": "0", "type_form": "SU", "receipt": receipt, "received_at": at}
    return {"action": action, **place, **form, **head, **said}


def start(receipt: int, **said: Any) -> Row:
    """A sound start on 10 January 2023, of an ordinary worker unless said otherwise."""
    employer, worker = said.pop("employer", nsso(1)), said.pop("inss", inss(1))
    base = {
        "has_employer": True,
        "noss": employer,
        "employer": employer,
        "has_person": True,
        "inss": worker,
        "has_features": True,
        "joint_committee": "XXX",
        "worker_type": "OTH",
        "starting_date": DAY,
    }
    return message(receipt, "IN", **{**base, **said})


def student(receipt: int, hours: int, **said: Any) -> Row:
    planned = {"ending_date": DAY + timedelta(20), "worker_type": "STU", "planned_hours": hours}
    return start(receipt, **{**planned, **said})


def unidentified(receipt: int, **said: Any) -> Row:
    """A start of a worker without INSS."""
    person = {
        "worker_name": "Name",
        "worker_first_name": "First",
        "worker_birthdate": "1985-00-00",
        "worker_sex": "1",
        "worker_street": "Street",
        "worker_house_nbr": "1",
        "worker_zip_code": "1000",
        "worker_city": "City",
        "worker_country": "00150",
    }
    return start(receipt, inss=None, **person, **said)


def casual(receipt: int, day: date = DAY, **said: Any) -> Row:
    hours = {"starting_hour": "0900", "ending_hour": "1700", "ending_date": day}
    kind = {"worker_type": "EXT", "joint_committee": "302", "starting_date": day}
    return start(receipt, **{**hours, **kind, **said})


def out(receipt: int, period: str, end: date = DAY + timedelta(30), **said: Any) -> Row:
    return message(receipt, "OUT", period_id=period, ending_date=end, **said)


def update(receipt: int, period: str, **said: Any) -> Row:
    return message(receipt, "UPDATE", period_id=period, **said)


def cancel(receipt: int, period: str, **said: Any) -> Row:
    return message(receipt, "CANCEL", period_id=period, **said)


def daily(receipt: int, period: str | None = None, **said: Any) -> Row:
    times = {"starting_date": DAY, "starting_hour": "0900", "ending_date": DAY}
    base = {**times, "ending_hour": "1200", "daily_status": "0"} if period else {}
    return message(receipt, "DAILY", **{"period_id": period, **base, **said})


def table(rows: Iterable[Row]) -> pa.Table:
    """Rows of ``MESSAGE``."""
    given = list(rows)
    columns = []
    for field in MESSAGE.inside:
        missing = False if field.name in FLAGS else None
        columns.append(pa.array([row.get(field.name, missing) for row in given], field.type))
    return pa.table(columns, schema=MESSAGE.inside)


def any_message(
    choose: random.Random, receipt: int, starts: Sequence[Row], days: Sequence[str]
) -> Row:
    """Some message, sound or not, of a few workers who share periods and days."""
    day = DAY + timedelta(choose.randrange(-3, 40))
    end = day + timedelta(choose.randrange(0, 6))
    who = {"employer": nsso(choose.randrange(2)), "inss": inss(choose.randrange(3))}
    said: Row = {"at": MORNING + timedelta(days=choose.randrange(0, 40), seconds=receipt)}
    if choose.random() < 0.3:
        said["own_reference"] = str(receipt)
    match choose.randrange(16):
        case 0 | 1:
            return start(receipt, starting_date=day, **who, **said)
        case 2:
            return start(receipt, starting_date=day, ending_date=end, **who, **said)
        case 3:
            hours = choose.choice([40, 300, 590])
            times = {"starting_date": day, "ending_date": end}
            return student(receipt, hours, **times, **who, **said)
        case 4 | 5:
            return casual(receipt, day, **who, **said)
        case 6:
            return unidentified(receipt, employer=who["employer"], **said)
    return any_reaction(choose, receipt, starts, days, said)


def any_reaction(
    choose: random.Random, receipt: int, starts: Sequence[Row], days: Sequence[str], said: Row
) -> Row:
    """Some message about what one of the ``starts``, refused or not, would have made."""
    known = bool(starts) and choose.random() < 0.95
    of = choose.choice(starts[-8:] if choose.random() < 0.7 else starts) if known else None
    name = number(of["receipt"] if of else 999_999)
    day = (of["starting_date"] if of else DAY) + timedelta(choose.choice([-1, 0, 0, 0, 1]))
    end = day + timedelta(choose.randrange(0, 6))
    match choose.randrange(7):
        case 0 | 1:
            return out(receipt, name, end, **said)
        case 2 | 3:
            changes: list[Row] = [
                {"ending_date": end},
                {"starting_date": day},
                {"ending_date": OPEN},
                {"planned_hours": choose.choice([20, 400])},
                {},
            ]
            return update(receipt, name, **choose.choice(changes), **said)
        case 4:
            return cancel(receipt, name, **said)
    status = choose.choice("0013")
    if status == "0" or not days:
        return daily(receipt, name, starting_date=day, ending_date=day, **said)
    moved = {"ending_hour": choose.choice(["1100", "1200"])} if status == "1" else {}
    named = {"registration_id": choose.choice(days[-3:]), "daily_status": status}
    return daily(receipt, **named, **moved, **said)


def stream(seed: int, count: int) -> list[Row]:
    """Messages in order of receipt, some of them received twice."""
    choose = random.Random(seed)
    rows: list[Row] = []
    starts: list[Row] = []
    days: list[str] = []
    for receipt in range(1, count + 1):
        if rows and choose.random() < 0.1:
            again = dict(choose.choice(rows))
            if again.get("own_reference") and choose.random() < 0.5:
                again |= {"file_id": f"again{receipt}"}
            rows.append({**again, "receipt": receipt})
            continue
        row = any_message(choose, receipt, starts, days)
        rows.append(row)
        if row["action"] == "IN":
            starts.append(row)
        if row.get("daily_status") == "0":
            days.append(number(receipt))
    return rows


def crowded(seed: int, count: int, workers: int = 2) -> list[Row]:
    """Messages in order of receipt that meet one another: casual work, and some of other types, of
    few workers on the days of two weeks."""
    choose = random.Random(seed)
    rows: list[Row] = []
    starts: list[Row] = []
    days: list[str] = []
    for receipt in range(1, count + 1):
        row = _casual(choose, receipt, workers)
        if starts and choose.random() < 0.45:
            row = _change(choose, receipt, starts, days)
        elif choose.random() < 0.1:
            row = any_message(choose, receipt, starts, days)
        rows.append(row)
        if row["action"] == "IN":
            starts.append(row)
        if row.get("daily_status") == "0":
            days.append(number(receipt))
    return rows


def _casual(choose: random.Random, receipt: int, workers: int) -> Row:
    day = DAY + timedelta(choose.randrange(12))
    from_, to = sorted(choose.sample(range(0, 24, 4), 2))
    said: Row = {"starting_hour": f"{from_:02}00", "ending_hour": f"{to:02}00"}
    if choose.random() < 0.2:
        said |= {"ending_date": day + timedelta(1)}
    if choose.random() < 0.2:
        said |= {"joint_committee": "322", "user_joint_committee": "302", "user_name": "User"}
    if choose.random() < 0.1:
        said |= {"worker_type": "FLX"}
    return casual(receipt, day, inss=inss(choose.randrange(workers)), **said)


def _change(choose: random.Random, receipt: int, starts: Sequence[Row], days: Sequence[str]) -> Row:
    """A change of one of the starts, which may be about its hours or name another employer."""
    if choose.random() < 0.3:
        return any_reaction(choose, receipt, starts, days, {})
    of = choose.choice(starts)
    day = of["starting_date"] + timedelta(choose.choice([-1, 0, 1]))
    times = ("starting_date", "ending_date", "starting_hour", "ending_hour")
    other = next((s for s in reversed(starts) if s["inss"] == of["inss"] and s is not of), of)
    said: Row = choose.choice(
        [
            {name: other[name] for name in times if name in other},
            {"starting_hour": f"{choose.randrange(0, 24, 4):02}00"},
            {"ending_hour": f"{choose.randrange(0, 24, 4):02}00"},
            {"ending_date": day, "ending_hour": "2200"},
            {"starting_date": day, "ending_date": day},
            {"starting_date": day, "planned_days": 3},
            {"noss": nsso(choose.randrange(1, 3)), "ending_date": OPEN},
        ]
    )
    name = number(of["receipt"])
    return update(receipt, name, **said) if choose.random() < 0.8 else cancel(receipt, name)


def season(seed: int, count: int, first: int = 1) -> list[Row]:
    """Days of casual work of two dozen workers at an employer, some of which move to another day,
    and some of which are cancelled; ``first``: receipt of the first of them."""
    choose = random.Random(seed)
    rows: list[Row] = []
    for receipt in range(first, first + count):
        of = choose.choice(rows) if rows and choose.random() < 0.12 else None
        day = DAY + timedelta(3 * choose.randrange(40))
        if of is None or of["action"] != "IN":
            shift = choose.choice([{}, {}, {}, {"starting_hour": "1800", "ending_hour": "2200"}])
            row = casual(receipt, day, inss=inss(900 + choose.randrange(24)), **shift)
        elif choose.random() < 0.5:
            row = cancel(receipt, number(of["receipt"]))
        else:
            moved = {"starting_date": day, "ending_date": day}
            row = update(receipt, number(of["receipt"]), **moved)
        rows.append(row)
    return rows
