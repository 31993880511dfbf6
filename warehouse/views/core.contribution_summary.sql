-- Contributions per quarter, family, outcome, anomaly and confidence; amounts carry their sign, so
-- that they add up to the net amounts of the declarations
SELECT
    quarter,
    family,
    outcome,
    anomaly,
    confidence,
    reason,
    count(*) AS lines,
    sum(CASE WHEN sign < 0 THEN -declared_amount ELSE declared_amount END) AS declared,
    sum(CASE WHEN sign < 0 THEN -computed_amount ELSE computed_amount END) AS computed,
    sum(CASE WHEN sign < 0 THEN -difference ELSE difference END) AS difference
FROM core.contribution
GROUP BY quarter, family, outcome, anomaly, confidence, reason
