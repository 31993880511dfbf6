-- The number that each replaced number of a worker or an employer has become, over all steps. A
-- later replacement of the same number goes; numbers that replace each other in a ring are one.
WITH RECURSIVE step AS (
    SELECT kind, outdated, arg_max(valid, receipt) AS valid
    FROM core.alias
    GROUP BY kind, outdated
),

reached AS (
    SELECT kind, outdated, valid
    FROM step
    UNION
    SELECT reached.kind, reached.outdated, step.valid
    FROM reached
    JOIN step ON reached.kind = step.kind AND reached.valid = step.outdated
),

ring AS (
    SELECT kind, outdated AS number
    FROM reached
    WHERE outdated = valid
)

SELECT
    reached.kind,
    reached.outdated,
    -- Where it ends, or in a ring, the first of its numbers.
    coalesce(min(reached.valid) FILTER (WHERE step.outdated IS NULL), min(ring.number)) AS valid
FROM reached
LEFT JOIN step ON reached.kind = step.kind AND reached.valid = step.outdated
LEFT JOIN ring ON reached.kind = ring.kind AND reached.valid = ring.number
GROUP BY reached.kind, reached.outdated
