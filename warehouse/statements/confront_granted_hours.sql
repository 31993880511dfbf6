-- Hours of students within the quota, by period: first come, first served in order of receipt, over
-- all employers, of what was not taken back.
-- $year: of the quarter; $quota: hours of the year; $first_day, $last_day
CREATE OR REPLACE TEMP TABLE granted_hours AS
WITH uses AS (
    SELECT
        coalesce(workers.valid, used.owner) AS inss,
        used.period_id,
        sum(used.amount) AS hours,
        min(used.receipt) AS receipt
    FROM dimona.quota_use AS used
    LEFT JOIN renamed AS workers ON workers.kind = 'inss' AND used.owner = workers.outdated
    WHERE used.quota = 'STUDENT' AND used.year = $year
    GROUP BY 1, 2
),

running AS (
    SELECT
        *,
        sum(hours) OVER (
            PARTITION BY inss
            ORDER BY receipt, period_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS so_far
    FROM uses
    WHERE hours > 0
)

SELECT
    coalesce(employers.valid, period.employer) AS employer,
    running.inss,
    sum(greatest(0, least(running.hours, $quota - (running.so_far - running.hours)))) AS hours
FROM running
JOIN core.period AS period ON running.period_id = period.period_id
LEFT JOIN renamed AS employers
    ON employers.kind = 'employer' AND period.employer = employers.outdated
WHERE
    period.state IN ('OPEN', 'CLOSED')
    AND period.starting_date BETWEEN $first_day AND $last_day
GROUP BY 1, 2
