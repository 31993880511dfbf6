-- Every state a Dimona period was in, by the declaration that made it so, with employer and worker as
-- they were filed then. Known at a moment: known_from <= moment AND (known_until IS NULL OR
-- known_until > moment); true on a day: starting_date <= day AND (ending_date IS NULL OR
-- ending_date >= day) AND state IN ('OPEN', 'CLOSED'). An identification that came without a
-- declaration is not in it: core.period has it
SELECT
    of_period AS period_id,
    filed_employer AS employer,
    filed_inss AS inss,
    first_value(worker_type IGNORE NULLS) OVER (
        PARTITION BY of_period
        ORDER BY receipt
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS worker_type,
    after_state AS state,
    after_starting_date AS starting_date,
    after_starting_hour AS starting_hour,
    after_ending_date AS ending_date,
    after_ending_hour AS ending_hour,
    after_planned_hours AS planned_hours,
    after_planned_days AS planned_days,
    action,
    receipt,
    received_at AS known_from,
    lead(received_at) OVER (PARTITION BY of_period ORDER BY receipt) AS known_until
FROM dimona.declaration
WHERE
    of_period IS NOT NULL
    AND result IN ('A', 'W', 'S')
    AND after_state IS NOT NULL
    AND action IN ('IN', 'OUT', 'UPDATE', 'CANCEL')
