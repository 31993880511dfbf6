-- Who works, or worked, where by the Dimona: one row for each employer and worker with a period that
-- was not cancelled and does not wait for identification. last_date is null while a period is open.
SELECT
    employer,
    inss,
    min(starting_date) AS first_date,
    CASE WHEN count(*) = count(ending_date) THEN max(ending_date) END AS last_date,
    count(*) AS periods
FROM core.period
WHERE state NOT IN ('CANCELLED', 'PENDING')
GROUP BY employer, inss
