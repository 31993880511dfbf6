-- Everyone who is declared in a quarter, once.
SELECT DISTINCT inss
FROM dmfa.natural_person
WHERE quarter = $quarter AND inss IS NOT NULL
