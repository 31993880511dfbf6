-- Occupations of flexi-jobs and of casual workers in the quarter.
-- occupations: SELECT of all; $flexi: worker codes of flexi-jobs; $casual: worker codes, each with
-- the employer class in which it is of casual work, or * for all
CREATE OR REPLACE TEMP TABLE special AS
WITH occupation AS (
    {occupations}
),

extras AS (
    SELECT file_id, form_no, parent_seq
    FROM dmfa.occupation_informations
    WHERE quarter = $quarter AND horeca_extra = 'E'
)

SELECT
    occupation.employer,
    occupation.inss,
    occupation.said_employer,
    occupation.said_inss,
    occupation.employer_class,
    occupation.worker_code,
    list_contains($flexi, occupation.worker_code) AS is_flexi,
    occupation.first_day,
    occupation.last_day,
    occupation.file_id,
    occupation.form_no,
    occupation.line
FROM occupation
LEFT JOIN extras
    ON
        occupation.file_id = extras.file_id
        AND occupation.form_no = extras.form_no
        AND occupation.seq = extras.parent_seq
WHERE
    extras.file_id IS NOT NULL
    OR list_contains($flexi, occupation.worker_code)
    OR list_contains($casual, occupation.worker_code || '*')
    OR list_contains($casual, occupation.worker_code || occupation.employer_class)
