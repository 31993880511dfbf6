-- Days of students beside those planned in the periods that start in the quarter.
INSERT INTO found BY NAME
WITH planned AS (
    SELECT employer, inss, sum(planned_days) AS days
    FROM registered
    WHERE worker_type = 'STU'
    GROUP BY employer, inss
)

SELECT
    'student_days_differ' AS "check",
    students.employer,
    students.inss,
    declared.said_employer,
    declared.said_inss,
    'days' AS measure,
    CAST(students.days AS BIGINT) AS dmfa_number,
    CAST(coalesce(planned.days, 0) AS BIGINT) AS dimona_number
FROM students
JOIN declared ON students.employer = declared.employer AND students.inss = declared.inss
LEFT JOIN planned ON students.employer = planned.employer AND students.inss = planned.inss
WHERE students.days <> coalesce(planned.days, 0)
