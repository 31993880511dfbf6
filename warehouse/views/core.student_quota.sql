-- Hours of students per calendar year and person, over all employers and quarters of this lake,
-- beside the quota of the year as the last run knew it (null when not known). hours_beyond counts
-- what the lake holds: an employer or a quarter that is not in it is not in the hours either
WITH declared AS (
    SELECT
        CAST(left(quarter, 4) AS BIGINT) AS year,
        inss,
        CAST(coalesce(sum(student_hours_nbr), 0) AS BIGINT) AS hours,
        count(*) FILTER (WHERE student_hours_nbr IS NULL) AS blocks_without_hours,
        count(DISTINCT employer) AS employers,
        list_sort(list(DISTINCT quarter)) AS quarters
    FROM dmfa.student_contribution
    GROUP BY ALL
),

quota AS (
    SELECT valid_from, valid_until, CAST(value AS BIGINT) AS hours, confidence
    FROM core.parameter
    WHERE
        parameter = 'student_hours_quota'
        AND rates = (SELECT arg_max(rates, committed_at) FROM ops.run)
)

SELECT
    declared.year,
    declared.inss,
    declared.hours,
    quota.hours AS quota,
    CASE WHEN quota.hours IS NOT NULL THEN greatest(declared.hours - quota.hours, 0) END
        AS hours_beyond,
    declared.employers,
    declared.quarters,
    declared.blocks_without_hours,
    quota.confidence
FROM declared
LEFT JOIN quota
    ON
        quota.valid_from <= make_date(declared.year, 1, 1)
        AND (quota.valid_until IS NULL OR quota.valid_until >= make_date(declared.year, 12, 31))
