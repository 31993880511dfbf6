"""Other readers of XML, where they are installed: they count worker records and do nothing else.

``python peers.py spark|pandas|iterparse FOLDER PROCESSES`` prints the number of records found.
"""

import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from lxml import etree

ROW = "WorkerRecord"


def spark(folder: str, processes: int) -> int:
    """Spark's own XML source (Spark 4 or later): every record is read with all columns, and thrown
    away; columns are found from a hundredth of the records."""
    from pyspark.sql import (  # type: ignore[import-not-found, unused-ignore]
        Observation,
        SparkSession,
        functions,
    )

    session = SparkSession.builder.master(f"local[{processes}]").getOrCreate()
    try:
        reader = session.read.format("xml").option("rowTag", ROW).option("samplingRatio", 0.01)
        seen: Any = Observation()
        counted = functions.count(functions.lit(1)).alias("rows")
        rows: Any = reader.load(folder).observe(seen, counted)
        rows.write.format("noop").mode("overwrite").save()
        return int(seen.get["rows"])
    finally:
        session.stop()


def in_processes(count: Callable[[str], int], folder: str, processes: int) -> int:
    paths = sorted(map(str, Path(folder).iterdir()))
    with ProcessPoolExecutor(processes) as pool:
        return sum(pool.map(count, paths, chunksize=max(1, len(paths) // 64)))


def pandas_rows(path: str) -> int:
    """Needs every column named once: those of the record itself."""
    import pandas  # type: ignore[import-not-found, import-untyped, unused-ignore]

    try:
        return len(pandas.read_xml(path, iterparse={ROW: ["EmployerClass", "WorkerCode"]}))
    except pandas.errors.ParserError:  # a file without a record is an error for pandas
        return 0


def iterparse_rows(path: str) -> int:
    """lxml's tree, record by record, emptied as it goes."""
    rows = 0
    for _, element in etree.iterparse(path, tag=ROW):
        rows += 1
        element.clear()
    return rows


PEERS: Mapping[str, Callable[[str, int], int]] = {
    "spark": spark,
    "pandas": partial(in_processes, pandas_rows),
    "iterparse": partial(in_processes, iterparse_rows),
}


if __name__ == "__main__":
    print(PEERS[sys.argv[1]](sys.argv[2], int(sys.argv[3])))
