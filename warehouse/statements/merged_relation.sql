-- One row for every relation of an employer with more than one accepted declaration that has a
-- row in the parts of this run and another there or in the lake.
-- $quarter: quarter of the run; $parts: the run's parts of core.relation, not yet registered
WITH employers AS (
    SELECT employer
    FROM ops.form
    WHERE quarter = $quarter AND disposition = 'accepted'
    GROUP BY employer
    HAVING count(*) > 1
),

rows_of_them AS (
    SELECT relation.*, false AS is_new
    FROM core.relation AS relation
    SEMI JOIN employers ON relation.employer = employers.employer
    WHERE relation.quarter = $quarter
    UNION ALL BY NAME
    SELECT part.*, true AS is_new
    FROM read_parquet($parts) AS part
    SEMI JOIN employers ON part.employer = employers.employer
    WHERE part.quarter = $quarter
),

merged AS (
    SELECT
        quarter,
        employer,
        inss,
        employer_class,
        worker_code,
        min(first_date) AS first_date,
        CASE WHEN count(last_date) = count(*) THEN max(last_date) END AS last_date,
        list_sort(list_distinct(flatten(list(joint_committees)))) AS joint_committees,
        sum(days) AS days,
        sum(hours) AS hours,
        sum(gross_remuneration) AS gross_remuneration,
        sum(contributions_declared) AS contributions_declared,
        sum(deductions_declared) AS deductions_declared,
        sum(worker_records) AS worker_records,
        sum(occupations) AS occupations,
        sum(services) AS services,
        sum(remunerations) AS remunerations,
        min({'file_id': file_id, 'form_no': form_no, 'line': line}) AS place
    FROM rows_of_them
    GROUP BY quarter, employer, inss, employer_class, worker_code
    HAVING count(*) > 1 AND bool_or(is_new)
)

SELECT * EXCLUDE (place), place.file_id, place.form_no, place.line
FROM merged
ORDER BY employer, inss, employer_class, worker_code
