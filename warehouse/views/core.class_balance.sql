-- Contributions, deductions and balance of every employer class of a declaration, as declared; an
-- unrelated contribution counts in its own class, a compensation in none. A balance below zero is
-- anomaly 00015-011
SELECT
    quarter,
    employer,
    employer_class,
    coalesce(sum(declared_amount) FILTER (WHERE sign > 0), 0) AS contributions,
    coalesce(sum(declared_amount) FILTER (WHERE sign < 0), 0) AS deductions,
    sum(sign * declared_amount) AS balance,
    count(*) AS lines,
    file_id,
    form_no
FROM core.contribution
WHERE declared_amount IS NOT NULL AND source_block <> 'employer_compensation'
GROUP BY quarter, employer, employer_class, file_id, form_no
