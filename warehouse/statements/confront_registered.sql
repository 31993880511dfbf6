-- Periods that count in the quarter, cut to it, under the numbers that are valid now.
-- $first_day, $last_day: of the quarter; $never: types of workers that are left out;
-- $not_expected: types that need no DmfA; $not_granted: errors that undo a flexi-job
CREATE OR REPLACE TEMP TABLE registered AS
SELECT
    coalesce(employers.valid, period.employer) AS employer,
    coalesce(workers.valid, period.inss) AS inss,
    period.worker_type,
    greatest(period.starting_date, $first_day) AS first_day,
    least(coalesce(period.ending_date, $last_day), $last_day) AS last_day,
    coalesce(NOT list_contains($not_expected, period.worker_type), true) AS expected,
    NOT (
        coalesce(period.is_late, false)
        OR coalesce(
            list_has_any([right(code, 3) FOR code IN period.anomalies], $not_granted), false
        )
    ) AS granted,
    CASE
        WHEN period.worker_type = 'STU' AND period.starting_date >= $first_day
            THEN period.planned_days
    END AS planned_days
FROM core.period AS period
LEFT JOIN renamed AS employers
    ON employers.kind = 'employer' AND period.employer = employers.outdated
LEFT JOIN renamed AS workers ON workers.kind = 'inss' AND period.inss = workers.outdated
WHERE
    period.state IN ('OPEN', 'CLOSED')
    AND period.employer IS NOT NULL
    AND period.inss IS NOT NULL
    AND period.starting_date <= $last_day
    AND (period.ending_date IS NULL OR period.ending_date >= $first_day)
    AND coalesce(NOT list_contains($never, period.worker_type), true)
