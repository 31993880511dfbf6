"""``make bench-contribute``: CPU time of all contribution families over a quarter made in memory.

The block tables of a national quarter are drawn with numpy, 100,000 worker records at a time:
wages, working time, absences, household, codes and deductions vary by row as they do in
declarations, and nearly every family has lines. What is timed is ``contribute`` alone, the
comparison with the declared amounts included; parsing and writing are not.
"""

import time
from collections.abc import Mapping
from datetime import date

import click
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas.catalogue import Catalogue
from schemas.dmfa import DMFA
from schemas.layout import Layout
from schemas.quarter import Quarter
from transforms.contribute import contribute
from transforms.rates.book import rate_book
from transforms.reference import EMPLOYERS, WORKERS, Reference
from transforms.shredded import Shredded

QUARTER = Quarter(2023, 1)
NATIONAL = 4_600_000
PERSONS_A_DECLARATION = 19
Rows = npt.NDArray[np.int64]
Columns = Mapping[str, pa.Array]


class Quarterful:
    """One draw of block tables: ``records`` worker records in document order."""

    def __init__(self, layout: Layout, records: int, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.layout, self.records = layout, records
        self.parents: dict[str, Rows] = {}
        self.columns: dict[str, dict[str, pa.Array]] = {}
        self.rows: dict[str, int] = {}
        self._employers()
        self._workers()
        self._pay()
        self._lines()

    def shredded(self) -> Shredded:
        tables = {}
        for block in self.layout:
            name, schema = block.table.name, block.table.inside
            rows, drawn = self.rows.get(name, 0), self.columns.get(name, {})
            arrays = [drawn.get(f.name, pa.nulls(rows, f.type)) for f in schema]
            tables[name] = pa.table(arrays, schema=schema)
            self.parents.setdefault(name, np.zeros(0, dtype=np.int64))
        return Shredded(self.layout, tables, self.parents)

    def reference(self) -> Reference:
        inss = self.columns["natural_person"]["inss"].unique()
        employers = self.columns["employer_declaration"]["employer"].unique()
        households = np.array(["alone", "two_incomes", "one_income"])
        workers = [inss, pa.array(households[self.rng.integers(0, 3, len(inss))])]
        facts = [employers, pa.array(self.rng.integers(1, 300, len(employers)))]
        nothing = pa.nulls(len(employers), pa.string()), pa.nulls(len(employers), pa.int64())
        return Reference(
            pa.table(workers, schema=WORKERS), pa.table([*facts, *nothing], schema=EMPLOYERS)
        )

    def _add(self, name: str, parent: str, owner: Rows, columns: Columns) -> None:
        """A block under each ``owner``; keys and place come from the block it stands in."""
        above, at = self.columns.get(parent, {}), pa.array(owner)
        keys = ("quarter", "employer", "inss", "employer_class", "worker_code")
        inherited = {
            key: above[key].take(at) for key in (*keys, "file_id", "form_no") if key in above
        }
        order = {n: pa.array(np.arange(1, len(owner) + 1)) for n in ("seq", "parent_seq", "line")}
        self.columns[name] = {**inherited, **order, **columns}
        self.parents[name], self.rows[name] = owner, len(owner)

    def _codes(self, weights: Mapping[str, float], rows: int) -> pa.Array:
        shares = np.array(list(weights.values()))
        drawn = self.rng.choice(len(weights), rows, p=shares / shares.sum())
        return pa.array(list(weights)).take(pa.array(drawn))

    def _employers(self) -> None:
        declarations = max(1, self.records // PERSONS_A_DECLARATION)
        numbers = pa.array([f"{n:09}" for n in self.rng.integers(10**7, 2 * 10**8, declarations)])
        own = np.arange(declarations)
        place = {
            "quarter": pa.repeat(str(QUARTER), declarations),
            "employer": numbers,
            "file_id": pa.repeat("0" * 64, declarations),
            "form_no": pa.array(own + 1),
        }
        self._add("form", "", own, place)
        self._add("employer_declaration", "form", own, place)

    def _workers(self) -> None:
        rng, records = self.rng, self.records
        owner = np.sort(rng.integers(0, self.rows["employer_declaration"], records))
        born = rng.integers(6_000, 39_000, records).astype("datetime64[D]") - np.timedelta64(30_000)
        days = np.datetime_as_string(born.astype("datetime64[D]"))
        body = np.array([int(d[2:4] + d[5:7] + d[8:10]) for d in days]) * 1000 + 1
        prefix = np.where(np.array([d[0] == "2" for d in days]), 2 * 10**9, 0)
        inss = body * 100 + 97 - (prefix + body) % 97
        people = {"inss": pa.array([f"{n:011}" for n in inss])}
        self._add("natural_person", "employer_declaration", owner, people)
        codes = {
            "employer_class": self._codes(
                {"010": 50, "000": 30, "024": 5, "330": 8, "751": 7}, records
            ),
            "worker_code": self._codes(
                {"495": 58, "015": 34, "840": 3, "450": 3, "035": 2}, records
            ),
        }
        self._add("worker_record", "natural_person", np.arange(records), codes)

    def _pay(self) -> None:
        rng = self.rng
        owner = np.sort(
            np.append(np.arange(self.records), rng.integers(0, self.records, self.records // 12))
        )
        rows = len(owner)
        full = rng.choice([3800, 4000, 3900], rows)
        hours = np.where(rng.random(rows) < 0.35, full * rng.integers(25, 95, rows) // 100, full)
        start = rng.integers(10_000, 19_400, rows).astype("datetime64[D]")
        committee = {
            "200": 40,
            "124": 10,
            "302": 8,
            "330.01": 10,
            "318.02": 3,
            "327.01": 2,
            "322": 7,
            "337": 2,
        }
        self._add(
            "occupation",
            "worker_record",
            owner,
            {
                "occupation_starting_date": pa.array(start),
                "occupation_ending_date": pa.array(start, mask=rng.random(rows) < 0.95),
                "joint_commission_nbr": self._codes(committee, rows),
                "working_days_system": pa.array(np.full(rows, 500)),
                "ref_mean_working_hours": pa.array(full),
                "mean_working_hours": pa.array(hours),
            },
        )
        self._time(rows, full, hours)
        pay = self._several(rows, 1.6)
        amounts = np.exp(rng.normal(13.5, 0.6, len(pay))).astype(np.int64)
        kinds = self._codes(
            {"001": 80, "002": 12, "010": 3, "022": 2, "003": 1, "006": 2}, len(pay)
        )
        self._add(
            "remun", "occupation", pay, {"remun_code": kinds, "remun_amount": pa.array(amounts)}
        )

    def _time(self, rows: int, full: Rows, hours: Rows) -> None:
        owner = self._several(rows, 1.9)
        days = self.rng.integers(50, 6500, len(owner))
        worked = days * hours[owner] // 500
        kinds = self._codes(
            {"001": 60, "002": 10, "010": 5, "050": 10, "071": 8, "030": 7}, len(owner)
        )
        self._add(
            "service",
            "occupation",
            owner,
            {
                "service_code": kinds,
                "service_nbr_days": pa.array(days),
                "service_nbr_hours": pa.array(worked, mask=hours[owner] == full[owner]),
            },
        )

    def _several(self, owners: int, mean: float) -> Rows:
        """Owners of one to three rows each, ``mean`` of them."""
        counts = 1 + self.rng.binomial(2, (mean - 1) / 2, owners)
        return np.repeat(np.arange(owners), counts)

    def _lines(self) -> None:
        rng, records = self.rng, self.records
        owner = np.repeat(np.arange(records), 7)
        own = np.asarray(self.columns["worker_record"]["worker_code"], dtype=object)
        beside = np.array(["809", "810", "855", "859", "852", "856"], dtype=object)
        codes = np.concatenate([own[:, None], np.tile(beside, (records, 1))], axis=1).ravel()
        kinds = np.where(np.isin(codes, ["015", "035"]), "1", "0")
        base = rng.integers(10**5, 2 * 10**6, len(owner))
        self._add(
            "worker_contribution",
            "worker_record",
            owner,
            {
                "contribution_worker_code": pa.array(codes),
                "contribution_type": pa.array(kinds),
                "contribution_calculation_basis": pa.array(base, mask=codes == "856"),
                "contribution_amount": pa.array(base // 3),
            },
        )
        bonus = np.flatnonzero(rng.random(records) < 0.3)
        self._add(
            "worker_deduction", "worker_record", bonus, self._deductions({"0001": 1}, len(bonus))
        )
        reduced = np.flatnonzero(rng.random(self.rows["occupation"]) < 0.6)
        codes_3000 = self._deductions(
            {"3000": 85, "3324": 4, "3315": 4, "6320": 5, "3900": 2}, len(reduced)
        )
        self._add("occupation_deduction", "occupation", reduced, codes_3000)

    def _deductions(self, weights: Mapping[str, float], rows: int) -> dict[str, pa.Array]:
        return {
            "deduction_code": self._codes(weights, rows),
            "deduction_amount": pa.array(self.rng.integers(100, 50_000, rows)),
            "deduction_right_starting_date": pa.repeat(date(2021, 4, 1), rows),
        }


@click.command()
@click.option("--records", default=NATIONAL, show_default=True, help="Worker records.")
@click.option("--chunk", default=100_000, show_default=True, help="Worker records at a time.")
def bench(records: int, chunk: int) -> None:
    """CPU seconds of all families over so many worker records."""
    release = Catalogue().find(DMFA, QUARTER)
    assert release is not None
    book, spent, done, lines = rate_book(), 0.0, 0, 0
    outcomes: dict[str, int] = {}
    while done < records:
        drawn = Quarterful(release.layout, min(chunk, records - done), seed=done)
        shredded, reference = drawn.shredded(), drawn.reference()
        start = time.process_time()
        table = contribute(shredded, QUARTER, book, reference)
        spent += time.process_time() - start
        done += drawn.records
        lines += table.num_rows
        for count in table.column("outcome").value_counts().to_pylist():
            outcomes[count["values"]] = outcomes.get(count["values"], 0) + count["counts"]
    click.echo(f"{done:,} worker records, {lines:,} lines: {spent:.1f} CPU seconds")
    click.echo(f"  {spent / done * NATIONAL:.1f} CPU seconds for {NATIONAL:,} records")
    for name, count in sorted(outcomes.items()):
        click.echo(f"  {name:14} {count:>12,}")


if __name__ == "__main__":
    bench()
