-- What the runs of a quarter computed: lines, and cents with their sign in the net amount.
SELECT
    count(computed_amount) AS lines,
    coalesce(sum(sign * CAST(computed_amount * 100 AS BIGINT)), 0) AS cents
FROM core.contribution
WHERE quarter = $quarter
