"""Names and shapes at rest: Parquet parts, the lake, its views.

Decisions of this room
======================

**A lake is a directory.** ::

    catalog.sqlite    DuckLake catalog: tables, files, snapshots, views
    data/             what DuckLake writes itself: marks of deleted rows
    runs/<run_id>/    everything one run wrote: parts, rows, quarantine, receipts
    lock              held by whoever commits

Any DuckDB client reads it: ``ATTACH 'ducklake:sqlite:DIR/catalog.sqlite' AS lake (READ_ONLY)``.

**A commit is one rename.** SQLite makes a writer wait for every reader: measured, a client that
keeps a query open stops a commit after five seconds, and its write-ahead mode shuts out readers
who may not write to the directory. So a writer takes ``lock``, copies the catalog, does one
DuckLake transaction in the copy and renames it over ``catalog.sqlite``. Readers never wait and
never block; each of their transactions sees the lake before or after, and an attached client
sees the new snapshot in its next query. A killed writer leaves a draft that the next overwrites.

**Only kwartaal writes.** A catalog that another client changed during a commit is not
overwritten: the commit starts again from the changed catalog.

**Rows are withdrawn before they are registered.** A row that is added and deleted in one
transaction shows up in the change feed as an update that keeps it (measured, DuckLake 1.0). So
parts that hold rows which must not become visible are written again without them.

**Parts have absolute paths.** DuckLake keeps the paths of added files as given. When a lake has
moved, its catalog is healed: on opening for writing in place, for a reader in a private copy.

**Registering costs about 5 milliseconds a file** (2,000 files: 5.5 s to add, 3.7 s to commit), so
parts should be large: many batches to a part rather than a part to a batch and table.

**Parquet**: zstd level 1, dictionaries on text, delta encoding on numbers, decimals as 64-bit
integers. Measured on 600,000 rows: 3.7 MB, written in 0.18 s and summed by DuckDB in 0.016 s;
snappy without these 10.6 MB, 0.19 s, 0.030 s; zstd without these 5.1 MB, 0.24 s, 0.036 s.

Snapshots are never expired: they are what was known on a day.
"""
