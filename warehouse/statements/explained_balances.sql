-- Employer classes of the declarations of an employer: what is declared, and what it comes to by
-- the rules where every declared line was computed. Compensations have no class.
SELECT
    file_id,
    form_no,
    CASE WHEN source_block <> 'employer_compensation' THEN employer_class END AS employer_class,
    source_block = 'employer_compensation' AS compensation,
    coalesce(sum(declared_amount) FILTER (WHERE sign > 0), 0) AS contributions,
    coalesce(sum(declared_amount) FILTER (WHERE sign < 0), 0) AS deductions,
    coalesce(sum(sign * declared_amount), 0) AS balance,
    sum(sign * computed_amount) AS computed,
    count(*) FILTER (WHERE outcome = 'equal') AS equal,
    count(*) FILTER (WHERE outcome = 'different') AS different,
    count(*) FILTER (WHERE outcome = 'not computed') AS not_computed,
    coalesce(sum(sign * declared_amount) FILTER (WHERE outcome = 'not computed'), 0)
        AS declared_not_computed
FROM core.contribution
WHERE quarter = $quarter AND employer = $employer
GROUP BY ALL
ORDER BY file_id, form_no, compensation, employer_class
