-- Every line computed by a stored formula, with what its amount was computed from.
-- $quarter: of one quarter, or null for all
SELECT formula, inputs, computed_amount
FROM core.contribution
WHERE computed_amount IS NOT NULL AND formula IS NOT NULL AND ($quarter IS NULL OR quarter = $quarter)
