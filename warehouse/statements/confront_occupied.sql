-- Days of occupations in the quarter, but for those of flexi-jobs and of severance pay.
-- occupations: SELECT of all; $flexi: worker codes of flexi-jobs; $classes: employer classes in
-- which nobody works
CREATE OR REPLACE TEMP TABLE occupied AS
WITH occupation AS (
    {occupations}
)

SELECT
    occupation.employer,
    occupation.inss,
    occupation.first_day,
    occupation.last_day
FROM occupation
ANTI JOIN severed
    ON
        occupation.file_id = severed.file_id
        AND occupation.form_no = severed.form_no
        AND occupation.seq = severed.seq
WHERE
    NOT list_contains($flexi, occupation.worker_code)
    AND NOT list_contains($classes, occupation.employer_class)
