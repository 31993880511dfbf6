-- Persons of an employer in a quarter with their lines counted by outcome; amounts carry signs.
SELECT
    inss,
    min({'file_id': file_id, 'form_no': form_no, 'line': line}) AS place,
    count(*) FILTER (WHERE outcome = 'equal') AS equal,
    count(*) FILTER (WHERE outcome = 'different') AS different,
    count(*) FILTER (WHERE outcome = 'not computed') AS not_computed,
    count(anomaly) AS anomalies,
    coalesce(sum(sign * declared_amount), 0) AS declared,
    sum(sign * computed_amount) AS computed,
    coalesce(sum(sign * declared_amount) FILTER (WHERE outcome = 'not computed'), 0)
        AS declared_not_computed
FROM core.contribution
WHERE quarter = $quarter AND employer = $employer AND inss IS NOT NULL
GROUP BY inss
ORDER BY place
