-- Workers of an employer in the DmfA, under the numbers that are valid now; said_...: one of those
-- in the DmfA. at_work: an occupation of theirs reaches into the quarter, or they are students.
-- Whoever is only paid for earlier or later days, or indemnified, is not.
-- $quarter, $first_day, $last_day; $classes: employer classes in which nobody works
CREATE OR REPLACE TEMP TABLE declared AS
SELECT
    coalesce(employers.valid, relation.employer) AS employer,
    coalesce(workers.valid, relation.inss) AS inss,
    min(relation.employer) AS said_employer,
    min(relation.inss) AS said_inss,
    bool_or(
        relation.occupations > coalesce(ended.occupations, 0)
        AND coalesce(relation.first_date <= $last_day, true)
        AND coalesce(relation.last_date >= $first_day, true)
        AND NOT list_contains($classes, relation.employer_class)
    )
    OR bool_or(students.inss IS NOT NULL) AS at_work,
    bool_or(students.inss IS NOT NULL) AS is_student
FROM core.relation AS relation
LEFT JOIN renamed AS employers
    ON employers.kind = 'employer' AND relation.employer = employers.outdated
LEFT JOIN renamed AS workers ON workers.kind = 'inss' AND relation.inss = workers.outdated
LEFT JOIN students
    ON
        students.employer = coalesce(employers.valid, relation.employer)
        AND students.inss = coalesce(workers.valid, relation.inss)
LEFT JOIN (
    SELECT
        employer,
        inss,
        employer_class,
        worker_code,
        count(*) AS occupations
    FROM severed
    GROUP BY ALL
) AS ended
    ON
        relation.employer = ended.employer
        AND relation.inss = ended.inss
        AND relation.employer_class = ended.employer_class
        AND relation.worker_code = ended.worker_code
WHERE relation.quarter = $quarter AND ltrim(relation.inss, '0') <> ''
GROUP BY 1, 2
