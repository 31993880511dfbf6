-- Rows of a block of some persons of an employer, in the order of the documents.
SELECT *
FROM dmfa.{block}
WHERE quarter = $quarter AND employer = $employer AND list_contains($inss, inss)
ORDER BY file_id, form_no, seq
