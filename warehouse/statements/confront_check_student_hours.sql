-- Hours of students beside those within the quota of the periods that start in the quarter. Where
-- the Dimona has none, that is told in place of the difference; a student with a block without
-- hours is not compared otherwise.
INSERT INTO found BY NAME
SELECT
    CASE WHEN granted.hours > 0 THEN 'student_hours_differ' ELSE 'no_student_hours' END AS "check",
    students.employer,
    students.inss,
    declared.said_employer,
    declared.said_inss,
    'hours' AS measure,
    CAST(students.hours AS BIGINT) AS dmfa_number,
    CAST(coalesce(granted.hours, 0) AS BIGINT) AS dimona_number
FROM students
JOIN declared ON students.employer = declared.employer AND students.inss = declared.inss
LEFT JOIN granted_hours AS granted
    ON students.employer = granted.employer AND students.inss = granted.inss
WHERE
    coalesce(granted.hours, 0) = 0
    OR (students.all_hours AND students.hours <> granted.hours)
