-- Starts and ends within the quarter that differ. A span of occupations is laid beside all spans of
-- periods that share a day with it: the first and last day of these have to be its own. Gaps
-- between periods within an occupation are left alone: one occupation may hold several contracts,
-- by the day even. Spans of periods that share no day with any occupation are told apart. Not
-- compared: flexi-jobs, which have a check of their own, periods of a student whose hours the DmfA
-- tells without dates, and workers without any period.
INSERT INTO found BY NAME
WITH beside AS (
    SELECT
        occupied.employer,
        occupied.inss,
        occupied.first_day AS dmfa_first,
        occupied.last_day AS dmfa_last,
        min(registered.first_day) AS dimona_first,
        max(registered.last_day) AS dimona_last
    FROM occupied_spans AS occupied
    LEFT JOIN registered_spans AS registered
        ON
            occupied.employer = registered.employer
            AND occupied.inss = registered.inss
            AND occupied.first_day <= registered.last_day
            AND occupied.last_day >= registered.first_day
    GROUP BY ALL
),

alone AS (
    SELECT
        registered.employer,
        registered.inss,
        registered.first_day AS dimona_first,
        registered.last_day AS dimona_last
    FROM registered_spans AS registered
    WHERE
        registered.expected
        AND NOT EXISTS (
            SELECT 1
            FROM occupied_spans AS occupied
            WHERE
                occupied.employer = registered.employer
                AND occupied.inss = registered.inss
                AND occupied.first_day <= registered.last_day
                AND occupied.last_day >= registered.first_day
        )
),

different AS (
    SELECT 'dates_differ' AS "check", beside.*
    FROM beside
    SEMI JOIN known ON beside.employer = known.employer AND beside.inss = known.inss
    WHERE
        dimona_first IS DISTINCT FROM dmfa_first
        OR dimona_last IS DISTINCT FROM dmfa_last
    UNION ALL BY NAME
    SELECT 'days_without_dmfa' AS "check", alone.*
    FROM alone
)

SELECT different.*, declared.said_employer, declared.said_inss, 'dates' AS measure
FROM different
JOIN declared ON different.employer = declared.employer AND different.inss = declared.inss
