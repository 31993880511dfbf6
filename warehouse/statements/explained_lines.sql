-- Contribution lines of some persons of an employer, or those not tied to a person ($inss empty).
SELECT *
FROM core.contribution
WHERE
    quarter = $quarter
    AND employer = $employer
    AND (list_contains($inss, inss) OR (len($inss) = 0 AND inss IS NULL))
ORDER BY file_id, form_no, line, seq, code
