-- Employers with a declaration of the quarter, and the first of their declarations.
-- $quarter: the quarter
CREATE OR REPLACE TEMP TABLE declaring AS
SELECT
    coalesce(employers.valid, declaration.employer) AS employer,
    min(declaration.employer) AS said_employer
FROM dmfa.employer_declaration AS declaration
LEFT JOIN renamed AS employers
    ON employers.kind = 'employer' AND declaration.employer = employers.outdated
WHERE declaration.quarter = $quarter
GROUP BY 1
