-- One row per accepted declaration, with its control totals
SELECT
    quarter,
    employer,
    trusteeship,
    persons,
    worker_records,
    net_owed,
    file_id,
    form_no,
    line,
    run_id
FROM ops.form
WHERE disposition = 'accepted'
