-- Formulas by name.
SELECT * FROM core.formula WHERE list_contains($names, formula)
