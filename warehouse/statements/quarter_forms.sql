-- Accepted forms of a quarter with the release that judged them, numbered by their places: in order
-- of employer, as the parts of the block tables are.
CREATE OR REPLACE TEMP TABLE quarter_forms AS
WITH released AS (
    SELECT run_id, file_id, max(release) AS release
    FROM ops.file
    WHERE disposition = 'processed'
    GROUP BY run_id, file_id
)

SELECT
    row_number() OVER (
        ORDER BY released.release, form.employer, form.file_id, form.form_no
    ) - 1 AS place,
    released.release,
    form.employer,
    form.file_id,
    form.form_no,
    coalesce(form.worker_records, 0) AS worker_records
FROM ops.form AS form
JOIN released ON form.run_id = released.run_id AND form.file_id = released.file_id
WHERE form.quarter = $quarter AND form.disposition = 'accepted'
