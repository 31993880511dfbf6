-- Students of the quarter whose hours of the year so far, over all employers in the DmfA, are beyond
-- the quota; beside them the hours that the Dimona counted in the year.
-- $quarter; $first_quarter: of its year; $year; $quota: hours of the year
INSERT INTO found BY NAME
WITH said AS (
    SELECT
        coalesce(workers.valid, student.inss) AS inss,
        sum(student.student_hours_nbr) AS hours
    FROM dmfa.student_contribution AS student
    LEFT JOIN renamed AS workers ON workers.kind = 'inss' AND student.inss = workers.outdated
    WHERE student.quarter BETWEEN $first_quarter AND $quarter
    GROUP BY 1
    HAVING sum(student.student_hours_nbr) > $quota
),

planned AS (
    SELECT coalesce(workers.valid, used.owner) AS inss, sum(used.amount) AS hours
    FROM dimona.quota_use AS used
    LEFT JOIN renamed AS workers ON workers.kind = 'inss' AND used.owner = workers.outdated
    WHERE used.quota = 'STUDENT' AND used.year = $year
    GROUP BY 1
)

SELECT
    'student_over_quota' AS "check",
    students.employer,
    students.inss,
    declared.said_employer,
    declared.said_inss,
    'hours' AS measure,
    CAST(said.hours AS BIGINT) AS dmfa_number,
    CAST(planned.hours AS BIGINT) AS dimona_number,
    $quota AS quota
FROM students
JOIN said ON students.inss = said.inss
JOIN declared ON students.employer = declared.employer AND students.inss = declared.inss
LEFT JOIN planned ON students.inss = planned.inss
