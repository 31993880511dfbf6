-- What the DmfA says of students: hours and days of a worker at an employer.
-- $quarter: the quarter
CREATE OR REPLACE TEMP TABLE students AS
SELECT
    coalesce(employers.valid, student.employer) AS employer,
    coalesce(workers.valid, student.inss) AS inss,
    sum(student.student_hours_nbr) AS hours,
    count(*) = count(student.student_hours_nbr) AS all_hours,
    coalesce(sum(student.student_nbr_days), 0) AS days
FROM dmfa.student_contribution AS student
LEFT JOIN renamed AS employers
    ON employers.kind = 'employer' AND student.employer = employers.outdated
LEFT JOIN renamed AS workers ON workers.kind = 'inss' AND student.inss = workers.outdated
WHERE student.quarter = $quarter
GROUP BY ALL
