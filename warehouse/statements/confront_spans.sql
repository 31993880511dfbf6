-- Days as spans: days that touch or overlap are one span of worker and employer.
-- made: the table that is made; rows: SELECT of the days
CREATE OR REPLACE TEMP TABLE {made} AS
WITH days AS (
    {rows}
),

counted AS (
    SELECT
        employer,
        inss,
        count(*) AS parts,
        min(first_day) AS first_day,
        max(last_day) AS last_day,
        bool_or(expected) AS expected
    FROM days
    GROUP BY employer, inss
),

-- Few have more than one, and only they have to be sorted.
marked AS (
    SELECT
        days.*,
        coalesce(
            days.first_day > 1 + max(days.last_day) OVER (
                PARTITION BY days.employer, days.inss
                ORDER BY days.first_day, days.last_day
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ),
            true
        ) AS opens
    FROM days
    SEMI JOIN counted
        ON days.employer = counted.employer AND days.inss = counted.inss AND counted.parts > 1
),

numbered AS (
    SELECT
        *,
        count(*) FILTER (WHERE opens) OVER (
            PARTITION BY employer, inss
            ORDER BY first_day, last_day
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS span
    FROM marked
)

SELECT employer, inss, first_day, last_day, expected
FROM counted
WHERE parts = 1
UNION ALL
SELECT employer, inss, min(first_day), max(last_day), bool_or(expected)
FROM numbered
GROUP BY employer, inss, span
