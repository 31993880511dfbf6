-- Workers of an employer with a period that counts in the quarter.
CREATE OR REPLACE TEMP TABLE known AS
SELECT employer, inss, bool_or(expected) AS expected
FROM registered
GROUP BY employer, inss
