-- Occupations of workers in the quarter, cut to it, under the numbers that are valid now; said_...:
-- those in the DmfA. Part of other statements.
-- $quarter, $first_day, $last_day
SELECT
    coalesce(employers.valid, occupation.employer) AS employer,
    coalesce(workers.valid, occupation.inss) AS inss,
    occupation.employer AS said_employer,
    occupation.inss AS said_inss,
    occupation.employer_class,
    occupation.worker_code,
    greatest(coalesce(occupation.occupation_starting_date, $first_day), $first_day) AS first_day,
    least(coalesce(occupation.occupation_ending_date, $last_day), $last_day) AS last_day,
    occupation.file_id,
    occupation.form_no,
    occupation.seq,
    occupation.line
FROM dmfa.occupation AS occupation
LEFT JOIN renamed AS employers
    ON employers.kind = 'employer' AND occupation.employer = employers.outdated
LEFT JOIN renamed AS workers ON workers.kind = 'inss' AND occupation.inss = workers.outdated
WHERE
    occupation.quarter = $quarter
    AND ltrim(occupation.inss, '0') <> ''
    AND coalesce(occupation.occupation_starting_date <= $last_day, true)
    AND coalesce(occupation.occupation_ending_date >= $first_day, true)
