-- Accepted declarations of an employer in a quarter: what each says of itself, and its file's name.
SELECT
    form.file_id,
    form.form_no,
    form.line,
    form.trusteeship,
    form.persons,
    form.worker_records,
    form.net_owed,
    form.run_id,
    file.name AS file_name
FROM ops.form AS form
LEFT JOIN ops.file AS file
    ON
        form.run_id = file.run_id
        AND form.file_id = file.file_id
        AND file.disposition = 'processed'
WHERE
    form.quarter = $quarter
    AND form.employer = $employer
    AND form.disposition = 'accepted'
ORDER BY form.trusteeship, form.file_id, form.form_no
