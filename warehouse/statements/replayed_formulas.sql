-- Every formula that computed a line.
SELECT * FROM core.formula
