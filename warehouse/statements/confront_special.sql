-- Occupations of flexi-jobs and of casual workers in the quarter, cut to it.
-- $quarter, $first_day, $last_day; $flexi: worker codes of flexi-jobs; $casual: worker codes, each
-- with the employer class in which it is of casual work, or * for all
CREATE OR REPLACE TEMP TABLE special AS
WITH extras AS (
    SELECT file_id, form_no, parent_seq
    FROM dmfa.occupation_informations
    WHERE quarter = $quarter AND horeca_extra = 'E'
)

SELECT
    coalesce(employers.valid, occupation.employer) AS employer,
    coalesce(workers.valid, occupation.inss) AS inss,
    occupation.employer AS said_employer,
    occupation.inss AS said_inss,
    occupation.employer_class,
    occupation.worker_code,
    list_contains($flexi, occupation.worker_code) AS is_flexi,
    greatest(coalesce(occupation.occupation_starting_date, $first_day), $first_day) AS first_day,
    least(coalesce(occupation.occupation_ending_date, $last_day), $last_day) AS last_day,
    occupation.file_id,
    occupation.form_no,
    occupation.line
FROM dmfa.occupation AS occupation
LEFT JOIN extras
    ON
        occupation.file_id = extras.file_id
        AND occupation.form_no = extras.form_no
        AND occupation.seq = extras.parent_seq
LEFT JOIN renamed AS employers
    ON employers.kind = 'employer' AND occupation.employer = employers.outdated
LEFT JOIN renamed AS workers ON workers.kind = 'inss' AND occupation.inss = workers.outdated
WHERE
    occupation.quarter = $quarter
    AND ltrim(occupation.inss, '0') <> ''
    AND coalesce(occupation.occupation_starting_date <= $last_day, true)
    AND coalesce(occupation.occupation_ending_date >= $first_day, true)
    AND (
        extras.file_id IS NOT NULL
        OR list_contains($flexi, occupation.worker_code)
        OR list_contains($casual, occupation.worker_code || '*')
        OR list_contains($casual, occupation.worker_code || occupation.employer_class)
    )
