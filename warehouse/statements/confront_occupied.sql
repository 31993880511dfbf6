-- Days of occupations in the quarter, but for those of flexi-jobs, cut to it.
-- $quarter, $first_day, $last_day; $flexi: worker codes of flexi-jobs; $classes: employer classes in
-- which nobody works
CREATE OR REPLACE TEMP TABLE occupied AS
SELECT
    coalesce(employers.valid, occupation.employer) AS employer,
    coalesce(workers.valid, occupation.inss) AS inss,
    greatest(coalesce(occupation.occupation_starting_date, $first_day), $first_day) AS first_day,
    least(coalesce(occupation.occupation_ending_date, $last_day), $last_day) AS last_day
FROM dmfa.occupation AS occupation
ANTI JOIN severed
    ON
        occupation.file_id = severed.file_id
        AND occupation.form_no = severed.form_no
        AND occupation.seq = severed.seq
LEFT JOIN renamed AS employers
    ON employers.kind = 'employer' AND occupation.employer = employers.outdated
LEFT JOIN renamed AS workers ON workers.kind = 'inss' AND occupation.inss = workers.outdated
WHERE
    occupation.quarter = $quarter
    AND ltrim(occupation.inss, '0') <> ''
    AND coalesce(occupation.occupation_starting_date <= $last_day, true)
    AND coalesce(occupation.occupation_ending_date >= $first_day, true)
    AND NOT list_contains($flexi, occupation.worker_code)
    AND NOT list_contains($classes, occupation.employer_class)
