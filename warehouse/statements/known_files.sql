-- Files that need no processing again. A file that was refused or set aside as a whole was judged
-- by the schemas of its run: under other schemas it deserves another try.
SELECT DISTINCT file.file_id
FROM ops.file AS file
JOIN ops.run AS run ON file.run_id = run.run_id
WHERE
    run.kind = $kind
    AND run.quarter IS NOT DISTINCT FROM $quarter
    AND (
        file.disposition = 'processed'
        OR (file.disposition IN ('refused', 'quarantined') AND run.contract = $contract)
    )
