"""Names and shapes at rest: Parquet parts, the lake, its views.

Decisions of this room
======================

**A lake is a directory**, in its plainest form. ::

    catalog.sqlite    DuckLake catalog: tables, files, snapshots, views
    data/             what DuckLake writes itself: marks of deleted rows
    runs/<run_id>/    everything one run wrote: parts, rows, quarantine, receipts
    lock              held by whoever commits

Any DuckDB client reads it: ``ATTACH 'ducklake:sqlite:DIR/catalog.sqlite' AS lake (READ_ONLY)``.

**Files and catalog can be elsewhere** (``warehouse.location``). The files of a lake whose catalog
is in PostgreSQL are in a folder or below ``s3://bucket/prefix``; a catalog file beside an object
store is refused, since nothing but a file system renames it or locks it. ``catalog.postgresql``
among the files holds the identity of their catalog: under any other one, the runs of this one
would look dead and be swept. Such a lake does not heal when it moves: the catalog serves others,
who may be right.

**With PostgreSQL a commit is one transaction of the server.** No copy is made: readers have the
server's own snapshots. Writers take turns by an advisory lock of the database. Without it
(measured, DuckLake 1.0) two commits at once both go through: DuckLake repeats the second, but not
the checks before it, and a declaration could be accepted twice. Registering 500 files and
committing takes 2.1 s, beside a catalog file 3.5 s. A killed writer's transaction is rolled back
by the server. Passwords go to DuckDB as secrets and are in no address, message or log.

**Who lives holds a lock.** Beside a catalog file it is a lock of a file in the run's directory,
beside PostgreSQL an advisory lock of a session that stays open as long as the run. Both end with
the process. A session may also end because a network fails: then a sweep elsewhere takes the run
for dead and removes its files, and its commit fails, because commits and sweeps take turns by the
same lock and a commit reads every file it names. A pooler that gives a session to others between
transactions breaks this: connect to the server itself.

**Objects are written whole.** Workers write a part to a temporary file and upload it; an object is
there or is not. DuckDB reads them with ``httpfs`` and the credentials that S3 clients find, taken
anew whenever a lake is attached.

**A commit of a catalog file is one rename.** SQLite makes a writer wait for every reader:
measured, a client that keeps a query open stops a commit after five seconds, and its write-ahead
mode shuts out readers who may not write to the directory. So a writer takes ``lock``, copies the
catalog, does one DuckLake transaction in the copy and renames it over ``catalog.sqlite``. Readers
never wait and never block; each of their transactions sees the lake before or after, and an
attached client sees the new snapshot in its next query. A killed writer leaves a draft that the
next overwrites.

**Only kwartaal writes.** A catalog that another client changed during a commit is not
overwritten: the commit starts again from the changed catalog.

**Rows are withdrawn before they are registered.** A row that is added and deleted in one
transaction shows up in the change feed as an update that keeps it (measured, DuckLake 1.0). So
parts that hold rows which must not become visible are written again without them.

**Parts have absolute paths.** DuckLake keeps the paths of added files as given. When a lake has
moved, its catalog is healed: on opening for writing in place, for a reader in a private copy.

**Registering costs about 5 milliseconds a file** (2,000 files: 5.5 s to add, 3.7 s to commit), so
parts should be large: batches are up to 512 MB of XML, a part each and table.

**Parquet**: zstd level 1, dictionaries on text, delta encoding on numbers, decimals as 64-bit
integers. Measured on 600,000 rows: 3.7 MB, written in 0.18 s and summed by DuckDB in 0.016 s;
snappy without these 10.6 MB, 0.19 s, 0.030 s; zstd without these 5.1 MB, 0.24 s, 0.036 s.

**Two orders.** Parts are in order of employer, so files and row groups without an employer are not
read. A person may be anywhere: ``core.relation_by_person`` has the relations again in order of
person, sorted by DuckDB at the commit. What has to open every file of a table is slow, whatever is
in the file to filter by: in a national quarter of 64 parts a person's pay takes 137 ms, and the
relations in order of person 65.

Snapshots are never expired: they are what was known on a day.
"""
