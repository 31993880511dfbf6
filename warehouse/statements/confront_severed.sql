-- Occupations that are paid with nothing but severance pay: their days are behind the employment.
-- $quarter; $severance: codes of that pay
CREATE OR REPLACE TEMP TABLE severed AS
SELECT
    employer,
    inss,
    employer_class,
    worker_code,
    file_id,
    form_no,
    parent_seq AS seq
FROM dmfa.remun
WHERE quarter = $quarter
GROUP BY ALL
HAVING bool_and(list_contains($severance, remun_code))
