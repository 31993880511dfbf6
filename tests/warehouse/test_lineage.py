"""What queries read, and what breaks when columns go: held against what DuckDB says."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import duckdb
import pytest

from schemas.compare.difference import Difference, Effect, Kind
from schemas.impact.touched import Change, ColumnChange, QueryTouch, Touch, Use
from warehouse.lineage.by_name import by_name
from warehouse.lineage.judging import Judged, judge
from warehouse.lineage.lineage import Lineage
from warehouse.lineage.queries import FILE, Query, of_files, ours, statement_names
from warehouse.lineage.reads import Origin, Reads

TABLES: Mapping[str, Sequence[str]] = {
    "m.person": ["quarter", "inss", "name", "seq"],
    "m.record": ["quarter", "inss", "worker_code", "seq", "parent_seq"],
    "m.remun": ["quarter", "inss", "remun_code", "remun_amount", "parent_seq"],
    "core.relation": ["quarter", "inss", "gross"],
}
DERIVED = {"core.relation": {"gross": [("m.remun", "remun_amount")]}}


def query(text: str, name: str = "q.sql") -> Query:
    return Query(FILE, name, text)


def reads(text: str, *others: str) -> Reads:
    (one,) = Lineage(TABLES, DERIVED, [query(text), *map(query, others)]).reads(query(text))
    return one


def change(kind: Change, name: str) -> ColumnChange:
    schema, table, *column = name.split(".")
    return ColumnChange(kind, f"{schema}.{table}", column[0] if column else None, causes=("d1",))


def judged(text: str, *changes: ColumnChange, others: Sequence[Query] = ()) -> Judged:
    after = {name: list(columns) for name, columns in TABLES.items()}
    for one in changes:
        columns = after.get(one.table, [])
        if one.change is Change.COLUMN_ADDED and one.column:
            columns.append(one.column)
        if one.change in (Change.COLUMN_DROPPED, Change.COLUMN_RENAMED):
            columns.remove(one.column or "")
        if one.change is Change.TABLE_DROPPED:
            del after[one.table]
    return judge(changes, TABLES, after, [query(text), *others], DERIVED, "m")


def touches(text: str, *changes: ColumnChange) -> tuple[QueryTouch, ...]:
    found = judged(text, *changes).touched
    return found[0].touches if found else ()


CODE = Origin("m.remun", "remun_code")


@pytest.mark.parametrize(
    ("text", "outputs", "uses"),
    [
        ("SELECT remun_code AS c FROM m.remun", {"c"}, {Use.OUTPUT}),
        ("SELECT r.remun_code || 'x' AS c FROM lake.m.remun r", {"c"}, {Use.OUTPUT}),
        ("SELECT * FROM m.remun", {"remun_code"}, {Use.OUTPUT}),
        ("FROM m.remun", {"remun_code"}, {Use.OUTPUT}),
        ("SELECT * FROM remun", {"remun_code"}, {Use.OUTPUT}),
        ("SELECT r.* EXCLUDE (quarter) FROM m.remun r", {"remun_code"}, {Use.OUTPUT}),
        ("WITH a AS (SELECT * FROM m.remun) SELECT max(remun_code) AS c FROM a", {"c"},
         {Use.OUTPUT}),
        ("SELECT b.c FROM (SELECT remun_code AS c FROM m.remun) AS b WHERE b.c = '1'", {"c"},
         {Use.OUTPUT, Use.FILTER}),
        ("SELECT inss FROM m.remun WHERE remun_code = '1'", set(), {Use.FILTER}),
        ("SELECT count(*) AS n FROM m.remun GROUP BY remun_code", set(), {Use.GROUP}),
        ("SELECT inss FROM m.remun ORDER BY remun_code", set(), {Use.ORDER}),
        ("SELECT p.inss FROM m.person p JOIN m.remun r ON r.remun_code = p.name", set(),
         {Use.JOIN}),
        (("SELECT p.inss FROM m.person p WHERE EXISTS (SELECT 1 FROM m.remun r"
         " WHERE r.inss = p.inss AND r.remun_code = '1')"), set(), {Use.FILTER}),
        ("SELECT inss FROM m.person WHERE inss IN (SELECT remun_code FROM m.remun)", set(),
         {Use.FILTER}),
        (("SELECT (SELECT max(r.remun_code) FROM m.remun r WHERE r.inss = p.inss) AS c"
         " FROM m.person p"), {"c"}, {Use.OUTPUT}),
        ("SELECT inss AS c FROM m.person UNION ALL SELECT remun_code FROM m.remun", {"c"},
         {Use.OUTPUT}),
        ("SELECT inss FROM m.person UNION ALL BY NAME SELECT remun_code FROM m.remun",
         {"remun_code"}, {Use.OUTPUT}),
        ("SELECT inss FROM (SELECT inss, remun_code FROM m.remun)", set(), {Use.UNUSED}),
        (("WITH RECURSIVE a AS (SELECT remun_code AS c FROM m.remun UNION"
         " SELECT a.c FROM a JOIN m.person p ON a.c = p.name) SELECT c FROM a"), {"c"},
         {Use.OUTPUT, Use.JOIN}),
        ("SELECT inss, row_number() OVER (ORDER BY remun_code) AS n FROM m.remun", {"n"},
         {Use.OUTPUT}),
        ("SELECT inss FROM m.remun QUALIFY row_number() OVER (ORDER BY remun_code) = 1", set(),
         {Use.FILTER}),
        ("COPY (SELECT remun_code FROM m.remun) TO 'x.csv'", {"remun_code"}, {Use.OUTPUT}),
        ("CREATE TABLE t AS SELECT remun_code FROM m.remun", {"remun_code"}, {Use.OUTPUT}),
        ("DELETE FROM m.remun WHERE remun_code = '1'", set(), {Use.FILTER}),
        ("UPDATE m.person SET name = r.remun_code FROM m.remun r WHERE person.inss = r.inss",
         {"remun_code"}, {Use.OUTPUT}),
        ("INSERT INTO m.remun (remun_code) SELECT name FROM m.person", set(), {Use.WRITTEN}),
    ],
)  # fmt: skip
def test_a_column_is_found_wherever_it_stands(text: str, outputs: set[str], uses: set[Use]) -> None:
    found = reads(text)
    assert not found.faults
    assert found.columns[CODE] == uses
    assert found.derived.get(CODE, set()) == outputs


def test_views_of_views_are_traced_to_tables() -> None:
    made = (
        "CREATE VIEW core.first AS SELECT inss, remun_code AS code FROM m.remun",
        "CREATE VIEW core.second AS SELECT code AS c, inss FROM core.first WHERE code <> ''",
    )
    found = reads("SELECT upper(c) AS told FROM core.second", *made)
    through = CODE.behind("core.first").behind("core.second")
    assert found.derived[through] == {"told"}
    assert found.columns[through] == {Use.OUTPUT, Use.FILTER}
    assert found.columns[Origin("m.remun", "inss", ("core.second", "core.first"))] == {Use.UNUSED}


def test_a_table_that_statements_fill_is_made_of_what_they_read() -> None:
    made = (
        "CREATE TEMP TABLE found (code VARCHAR, who VARCHAR)",
        "INSERT INTO found BY NAME SELECT remun_code AS code, inss AS who FROM m.remun",
        "INSERT INTO found BY NAME SELECT worker_code AS code FROM m.record",
    )
    found = reads("SELECT code FROM found", *made)
    assert {(origin.table, origin.column) for origin in found.derived} == {
        ("m.remun", "remun_code"),
        ("m.record", "worker_code"),
    }


def test_a_view_that_reads_itself_ends() -> None:
    found = reads("SELECT x FROM a", "CREATE VIEW a AS SELECT x FROM b", "CREATE VIEW b AS FROM a")
    assert not found.derived or set(found.unresolved)


def test_columns_of_a_query_that_reads_itself_cross_over() -> None:
    found = reads(
        "WITH RECURSIVE a AS (SELECT remun_code AS x, name AS y FROM m.remun, m.person UNION ALL"
        " SELECT a.y, a.x FROM a) SELECT y, x FROM a"
    )
    assert {o.column: names for o, names in found.derived.items()} == {
        "remun_code": {"x", "y"},
        "name": {"x", "y"},
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT min(COLUMNS(*)) FROM m.remun", "COLUMNS() is not followed"),
        ("SELECT r FROM m.remun AS r", "a table as a value, with all its columns, is not followed"),
        ("SELECT * FROM m.remun JOIN 'x.csv' USING (inss)",
         "* stands for columns of a source that is not known"),
    ],
)  # fmt: skip
def test_what_stands_for_columns_without_their_names_is_told(text: str, said: str) -> None:
    assert reads(text).faults == [said]


def test_the_columns_behind_a_table_of_a_program_are_told() -> None:
    found = reads("SELECT gross FROM core.relation")
    assert set(found.derived) == {Origin("m.remun", "remun_amount", ("core.relation",))}


# --- judging -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "touch"),
    [
        (Change.COLUMN_DROPPED, Touch.BREAKS),
        (Change.COLUMN_RENAMED, Touch.BREAKS),
        (Change.COLUMN_RETYPED, Touch.TYPE),
        (Change.COLUMN_REDEFINED, Touch.MEANING),
        (Change.VALUES_CHANGED, Touch.VALUES),
    ],
)
def test_what_a_change_of_a_column_does(kind: Change, touch: Touch) -> None:
    text = "SELECT sum(remun_amount) AS pay FROM m.remun WHERE remun_code = '1'"
    (found,) = touches(text, change(kind, "m.remun.remun_code"))
    assert (found.touch, found.uses, found.outputs) == (touch, (Use.FILTER,), ())
    (found,) = touches(text, change(kind, "m.remun.remun_amount"))
    assert (found.touch, found.uses, found.outputs) == (touch, (Use.OUTPUT,), ("pay",))
    assert found.causes == ("d1",)
    assert not touches(text, change(kind, "m.remun.parent_seq"))


def test_a_table_that_goes_breaks_even_who_counts_its_rows() -> None:
    gone = change(Change.TABLE_DROPPED, "m.remun")
    columns = [change(Change.COLUMN_DROPPED, "m.remun.remun_code")]
    (found,) = touches("SELECT count(*) AS n FROM m.remun", gone)
    assert (found.touch, found.read) == (Touch.BREAKS, "m.remun")
    (found,) = touches("SELECT remun_code FROM m.remun", gone, *columns[:0])
    assert (found.outputs, found.uses) == (("remun_code",), (Use.OUTPUT,))


def test_a_star_has_more_columns_and_fewer() -> None:
    text = "WITH a AS (SELECT * FROM m.remun) SELECT * FROM a"
    (found,) = touches(text, change(Change.COLUMN_ADDED, "m.remun.bonus"))
    assert (found.touch, found.outputs) == (Touch.COLUMNS, ("bonus",))
    (found,) = touches(text, change(Change.COLUMN_DROPPED, "m.remun.remun_code"))
    assert found.touch is Touch.COLUMNS
    named = "SELECT remun_code FROM (SELECT * FROM m.remun)"
    assert not touches(named, change(Change.COLUMN_ADDED, "m.remun.bonus"))
    (found,) = touches(named, change(Change.COLUMN_DROPPED, "m.remun.remun_code"))
    assert found.touch is Touch.BREAKS


def test_a_bare_name_breaks_when_a_second_table_gets_it() -> None:
    added = change(Change.COLUMN_ADDED, "m.record.name")
    bare = "SELECT name FROM m.person JOIN m.record ON person.seq = record.parent_seq"
    (found,) = touches(bare, added)
    assert found.touch is Touch.BREAKS
    assert found.detail == "name without a table may be that of m.person too"
    assert not touches(bare.replace("SELECT name", "SELECT person.name"), added)


def test_a_program_that_loses_its_source_is_no_broken_query() -> None:
    (found,) = touches(
        "SELECT gross FROM core.relation", change(Change.COLUMN_DROPPED, "m.remun.remun_amount")
    )
    assert (found.touch, found.through) == (Touch.MEANING, ("core.relation",))


def test_what_does_not_parse_is_told() -> None:
    bad = [query("SELECT FROM WHERE", "bad.sql"), query("{{ config() }} SELECT 1", "dbt.sql")]
    macro = query("CREATE MACRO f(a) AS a + 1; SELECT remun_code FROM m.remun", "macro.sql")
    found = judged("SELECT 1", change(Change.COLUMN_DROPPED, "m.remun.remun_code"),
                   others=[*bad, macro])  # fmt: skip
    told = {one.name: one.reason for one in found.unjudged}
    assert set(told) == {"bad.sql", "dbt.sql", "macro.sql"}
    assert told["bad.sql"].startswith("does not parse: ")
    assert told["macro.sql"] == "what a macro reads is not followed"
    assert [one.name for one in found.touched] == ["macro.sql"]


def test_unknown_tables_leave_what_is_known() -> None:
    text = "SELECT remun_code FROM m.remun, elsewhere.t, elsewhere.u WHERE x = 1 GROUP BY ALL"
    found = judged(text, change(Change.COLUMN_DROPPED, "m.remun.remun_code"))
    ((touch,),) = (one.touches for one in found.touched)
    assert touch.touch is Touch.BREAKS
    assert any("elsewhere.t" in one.reason for one in found.unjudged)
    lost = judged("SELECT a FROM m.gone", change(Change.COLUMN_DROPPED, "m.remun.remun_code"))
    assert [one.reason for one in lost.unjudged] == ["the old release has no table m.gone"]


def test_columns_that_were_not_there_before_are_told() -> None:
    text = "SELECT nothing, m.remun.rowid FROM m.remun WHERE m.remun.never = 1"
    found = judged(text, change(Change.COLUMN_DROPPED, "m.remun.remun_code"))
    assert [one.reason for one in found.unjudged] == [
        "the old release has no column m.remun.never",
        "the old release has no column nothing",
    ]


def test_placeholders_are_told() -> None:
    text = "SELECT remun_code FROM m.remun JOIN m.{block} USING (inss)"
    found = judged(text, change(Change.COLUMN_DROPPED, "m.remun.remun_code"))
    assert "{block} is put in at run time" in [one.reason for one in found.unjudged]
    assert [one.touches[0].touch for one in found.touched] == [Touch.BREAKS]


def test_a_schema_without_tables_is_compared_by_names() -> None:
    keeps, breaks = Effect.KEEPS, Effect.BREAKS
    gone = Difference(Kind.CHILD_REMOVED, "OrderDate", breaks, breaks, places=("/a/OrderDate",))
    more = Difference(Kind.ENUMERATION_ADDED, "State", keeps, breaks, places=("/a/State",))
    asked = query("SELECT order_date AS day FROM orders WHERE state = 'x'")
    ((found,),) = ([one.touches for one in by_name([gone, more], [asked]).touched],)
    assert [(one.touch, one.read, one.is_certain) for one in found] == [
        (Touch.BREAKS, "order_date", False),
        (Touch.VALUES, "state", False),
    ]
    assert found[0].outputs == ("day",)


# --- our own queries, with DuckDB as the judge ---------------------------------------------------


@pytest.fixture(scope="module")
def known() -> dict[str, dict[str, str]]:
    """Every table of a lake with its columns and their types."""
    from schemas import core, ops
    from schemas.catalogue import Catalogue
    from schemas.dimona import register
    from schemas.dimona.confrontation import CONFRONTATION
    from schemas.dmfa import DMFA
    from warehouse.layout import sql_type

    derived = (*core.TABLES, *ops.TABLES, *register.TABLES, CONFRONTATION)
    return {
        table.full_name: {column.name: sql_type(column.rest) for column in table.columns}
        for table in (*Catalogue().tables(DMFA).values(), *derived)
    }


def plain() -> list[Query]:
    """Our views and the statements that stand alone: one SELECT of tables, nothing put in."""
    alone = [q for q in ours() if not re.match("confront_|explained_rows|merged_", q.name)]
    return [q for q in alone if re.sub(r"--.*\n", "", q.text).split()[0] in ("SELECT", "WITH")]


def test_columns_that_break_our_queries_are_those_that_duckdb_misses(
    known: dict[str, dict[str, str]],
) -> None:
    asked = plain()
    assert len(asked) > 20
    names = {table: list(columns) for table, columns in known.items()}
    lineage = Lineage(names, {}, list(ours()))
    read = {o[:2] for q in asked for r in lineage.reads(q) for o in r.columns}
    with duckdb.connect() as duck:
        _make(duck, known)
        for q in asked:
            if q.makes:
                duck.execute(f"CREATE VIEW {q.makes} AS {q.text}")
        assert not list(_broken(duck, asked))
        for table, column in _some(read, known):
            near = [q for q in asked if q.makes or table in lineage.tables_of(q)]
            after = {**names, table: [c for c in names[table] if c != column]}
            gone = ColumnChange(Change.COLUMN_DROPPED, table, column)
            found = judge([gone], names, after, near, {}, "dmfa").touched
            said = {one.name for one in found if one.worst is Touch.BREAKS}
            with _without(duck, table, column, known[table][column]):
                assert said == set(_broken(duck, near)), (table, column)


def _some(
    read: set[tuple[str, str]], known: dict[str, dict[str, str]]
) -> Iterator[tuple[str, str]]:
    """Columns that queries read, each of a few tables and one in so many of all others, and some
    that none reads."""
    every = sorted((table, column) for table in known for column in known[table])
    whole = ("core.alias", "dmfa.student_contribution", "dmfa.worker_record")
    yield from (one for one in sorted(read) if one[0] in whole)
    yield from sorted(one for one in read if one[0] not in whole)[::6]
    yield from [one for one in every if one not in read][::60]


def _make(duck: duckdb.DuckDBPyConnection, known: dict[str, dict[str, str]]) -> None:
    for schema in {name.partition(".")[0] for name in known}:
        duck.execute(f"CREATE SCHEMA {schema}")
    for name, columns in known.items():
        listed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
        duck.execute(f"CREATE TABLE {name} ({listed})")


def _broken(duck: duckdb.DuckDBPyConnection, asked: Sequence[Query]) -> Iterator[str]:
    """Queries that DuckDB does not bind."""
    for one in asked:
        try:
            # Without parameters: DuckDB binds them only when they are given.
            duck.execute("EXPLAIN " + re.sub(r"\$\w+", "NULL", one.text))
        except duckdb.BinderException:
            yield one.name


@contextmanager
def _without(duck: duckdb.DuckDBPyConnection, table: str, column: str, kind: str) -> Iterator[None]:
    duck.execute(f'ALTER TABLE {table} DROP COLUMN "{column}"')
    yield
    duck.execute(f'ALTER TABLE {table} ADD COLUMN "{column}" {kind}')


def test_every_statement_of_ours_is_read(known: dict[str, dict[str, str]]) -> None:
    asked = list(ours())
    lineage = Lineage({table: list(columns) for table, columns in known.items()}, {}, asked)
    assert [(q.name, f) for q in asked for f in lineage.faults[q]] == [
        ("explained_rows", "{block} is put in at run time")
    ]
    names = {query.name for query in asked}
    templates = {"confront_occupations", "confront_spans"}
    unfilled = {
        name
        for name in statement_names()
        if name not in names and not name.startswith("confront_check")
    }
    assert unfilled <= templates | {"confront_employers", "confront_found"} | names
    told = next(query for query in asked if query.name == "confront_told")
    (found,) = lineage.reads(told)
    origins = {(o.table, o.column) for o, uses in found.columns.items() if Use.OUTPUT in uses}
    assert ("dmfa.student_contribution", "student_nbr_days") in origins
    assert ("dmfa.occupation", "occupation_starting_date") in origins


def test_our_own_files_are_not_saved_queries(tmp_path) -> None:  # type: ignore[no-untyped-def]
    first = next(ours())
    (tmp_path / "own.sql").write_text(first.text)
    (tmp_path / "a").mkdir()
    (tmp_path / "a/theirs.sql").write_text("SELECT 1")
    assert [q.name for q in of_files([tmp_path])] == [str(tmp_path / "a/theirs.sql")]
