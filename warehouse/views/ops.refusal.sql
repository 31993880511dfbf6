-- Forms and files that were refused or quarantined, with every reason; offending values are left
-- out, and numbers of 11 digits in messages are hidden
WITH refused AS (
    SELECT run_id, file_id, NULL AS form_no, disposition, NULL AS quarter, NULL AS employer
    FROM ops.file
    WHERE disposition IN ('refused', 'quarantined')
    UNION ALL BY NAME
    SELECT run_id, file_id, form_no, disposition, quarter, employer
    FROM ops.form
    WHERE disposition IN ('refused', 'quarantined')
)

SELECT
    refused.run_id,
    refused.file_id,
    file.name AS file_name,
    refused.form_no,
    refused.disposition,
    refused.quarter,
    refused.employer,
    finding.code,
    finding.suffix,
    finding.severity,
    finding.zone,
    finding.line,
    regexp_replace(finding.path, '[0-9]{11}', '[11 digits]', 'g') AS path,
    regexp_replace(finding.message, '[0-9]{11}', '[11 digits]', 'g') AS message
FROM refused
LEFT JOIN ops.file AS file
    ON
        refused.run_id = file.run_id
        AND refused.file_id = file.file_id
        AND file.disposition <> 'known'
LEFT JOIN ops.finding AS finding
    ON
        refused.run_id = finding.run_id
        AND refused.file_id = finding.file_id
        AND refused.form_no IS NOT DISTINCT FROM finding.form_no
