-- Put in the rows that replace those of a quarter, but for those that are there.
-- table, columns: which; $quarter: the quarter; replacing: the rows that replace them
INSERT INTO {table} ({columns})
SELECT {columns} FROM replacing
EXCEPT
SELECT {columns} FROM {table} WHERE quarter = $quarter
