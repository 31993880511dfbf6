-- Take out the rows of a quarter that are not among those that replace them.
-- table, columns: which; $quarter: the quarter; replacing: the rows that replace them
DELETE FROM {table}
WHERE quarter = $quarter AND rowid NOT IN (
    SELECT one.rowid
    FROM {table} AS one
    JOIN (SELECT row({columns}) AS whole FROM replacing) AS other
        ON row({columns}) IS NOT DISTINCT FROM other.whole
    WHERE one.quarter = $quarter
)
