-- Relations of the DmfA with the Dimona periods of the same employer and worker that share a day
-- with the quarter and were not cancelled: one row for each pair, or with no period where there is
-- none. Numbers of the DmfA that were replaced since meet periods under the valid ones. What is on
-- one side alone, and what differs, is in core.confrontation
WITH relations AS (
    SELECT
        *,
        make_date(
            CAST(left(quarter, 4) AS INTEGER), 3 * CAST(right(quarter, 1) AS INTEGER) - 2, 1
        ) AS first_day
    FROM core.relation
),

employers AS (
    SELECT outdated, valid
    FROM core.valid_number
    WHERE kind = 'employer'
),

workers AS (
    SELECT outdated, valid
    FROM core.valid_number
    WHERE kind = 'inss'
)

SELECT
    relation.quarter,
    relation.employer,
    relation.inss,
    relation.employer_class,
    relation.worker_code,
    relation.first_date,
    relation.last_date,
    relation.gross_remuneration,
    relation.file_id,
    relation.form_no,
    relation.line,
    period.period_id,
    period.worker_type,
    period.joint_committee,
    period.starting_date,
    period.ending_date,
    period.planned_hours,
    period.state,
    period.is_late,
    period.employer AS valid_employer,
    period.inss AS valid_inss
FROM relations AS relation
LEFT JOIN employers ON relation.employer = employers.outdated
LEFT JOIN workers ON relation.inss = workers.outdated
LEFT JOIN core.period AS period
    ON
        coalesce(employers.valid, relation.employer) = period.employer
        AND coalesce(workers.valid, relation.inss) = period.inss
        AND period.state IN ('OPEN', 'CLOSED')
        AND period.starting_date < relation.first_day + INTERVAL 3 MONTH
        -- A comparison of both sides: with OR, every row would be laid beside every other.
        AND coalesce(period.ending_date, DATE '9999-12-31') >= relation.first_day
