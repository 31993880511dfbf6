-- Workers of an employer who declares: more or fewer than in the Dimona. On either side counts who is
-- at work by the one or known to the other; types that need no DmfA count where there is one. The
-- difference is that of no_dimona and no_dmfa.
INSERT INTO found BY NAME
WITH workers AS (
    SELECT
        employer,
        declared.inss IS NOT NULL AND (declared.at_work OR known.inss IS NOT NULL) AS in_dmfa,
        known.inss IS NOT NULL AND (known.expected OR declared.inss IS NOT NULL) AS in_dimona
    FROM declared
    FULL JOIN known USING (employer, inss)
),

counts AS (
    SELECT
        employer,
        count(*) FILTER (WHERE in_dmfa) AS dmfa_number,
        count(*) FILTER (WHERE in_dimona) AS dimona_number
    FROM workers
    GROUP BY employer
)

SELECT
    CASE WHEN dmfa_number > dimona_number THEN 'more_workers' ELSE 'fewer_workers' END AS "check",
    counts.employer,
    declaring.said_employer,
    'workers' AS measure,
    counts.dmfa_number,
    counts.dimona_number
FROM counts
JOIN declaring ON counts.employer = declaring.employer
WHERE counts.dmfa_number <> counts.dimona_number
