-- Runs that processed some of these files, with the options that their amounts rest on; oldest first.
SELECT
    run.run_id,
    run.tolerance,
    run.reference,
    run.rates,
    count(DISTINCT file.file_id) AS files
FROM ops.file AS file
JOIN ops.run AS run ON file.run_id = run.run_id
WHERE
    run.kind = $kind
    AND run.quarter = $quarter
    AND file.disposition = 'processed'
    AND file.file_id IN (SELECT unnest($files))
GROUP BY ALL
ORDER BY min(run.committed_at), run.run_id
