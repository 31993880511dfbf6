-- Rows of core.confrontation: findings with their codes, places and periods.
-- $quarter, $first_day, $last_day; $never: types of workers that are left out; $codes: the codes that
-- hold, as structures
WITH codes AS (
    SELECT unnest($codes, recursive := true)
),

told AS (
    SELECT
        found.*,
        codes.* EXCLUDE ("check"),
        coalesce(found.said_employer, found.employer) AS named_employer,
        coalesce(found.said_inss, found.inss) AS named_inss
    FROM found
    JOIN codes ON found."check" = codes."check"
),

periods AS (
    SELECT
        told.employer,
        told.inss,
        told.worker_type,
        list_sort(list(DISTINCT period.period_id)) AS period_ids
    FROM core.period AS period
    LEFT JOIN renamed AS employers
        ON employers.kind = 'employer' AND period.employer = employers.outdated
    LEFT JOIN renamed AS workers ON workers.kind = 'inss' AND period.inss = workers.outdated
    JOIN (SELECT DISTINCT employer, inss, worker_type FROM told) AS told
        ON
            told.employer = coalesce(employers.valid, period.employer)
            AND told.inss = coalesce(workers.valid, period.inss)
            AND (told.worker_type IS NULL OR told.worker_type = period.worker_type)
    WHERE
        period.state IN ('OPEN', 'CLOSED')
        AND period.starting_date <= $last_day
        AND (period.ending_date IS NULL OR period.ending_date >= $first_day)
        AND coalesce(NOT list_contains($never, period.worker_type), true)
    GROUP BY ALL
),

-- The first block of the person, or of the declaration where the employer is meant.
persons AS (
    SELECT
        person.employer,
        person.inss,
        min({'file_id': person.file_id, 'form_no': person.form_no, 'line': person.line}) AS place
    FROM dmfa.natural_person AS person
    SEMI JOIN told ON person.employer = told.said_employer AND person.inss = told.said_inss
    WHERE person.quarter = $quarter
    GROUP BY ALL
),

declarations AS (
    SELECT employer, min({'file_id': file_id, 'form_no': form_no, 'line': line}) AS place
    FROM dmfa.employer_declaration
    WHERE quarter = $quarter
    GROUP BY employer
),

placed AS (
    SELECT
        told.*,
        periods.period_ids,
        CASE
            WHEN told.file_id IS NOT NULL
                THEN {'file_id': told.file_id, 'form_no': told.form_no, 'line': told.line}
            WHEN told.element = 'EmployerDeclaration' THEN declarations.place
            ELSE persons.place
        END AS place
    FROM told
    LEFT JOIN periods
        ON
            told.employer = periods.employer
            AND told.inss = periods.inss
            AND told.worker_type IS NOT DISTINCT FROM periods.worker_type
    LEFT JOIN persons
        ON told.said_employer = persons.employer AND told.said_inss = persons.inss
    LEFT JOIN declarations ON told.said_employer = declarations.employer
)

SELECT
    $quarter AS quarter,
    placed.named_employer AS employer,
    placed.named_inss AS inss,
    placed.employer_class,
    placed.worker_code,
    placed.code,
    placed.class,
    placed.certainty,
    placed.element,
    placed.measure,
    placed.dmfa_number,
    placed.dimona_number,
    placed.quota,
    placed.dmfa_first,
    placed.dmfa_last,
    placed.dimona_first,
    placed.dimona_last,
    coalesce(placed.period_ids, []) AS period_ids,
    placed.place.file_id AS file_id,
    placed.place.form_no AS form_no,
    placed.place.line AS line,
    form.run_id
FROM placed
LEFT JOIN ops.form AS form
    ON
        form.disposition = 'accepted'
        AND form.quarter = $quarter
        AND placed.place.file_id = form.file_id
        AND placed.place.form_no = form.form_no
ORDER BY placed.named_employer, placed.code, placed.named_inss, placed.place
