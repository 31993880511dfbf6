-- Occupations of casual workers without a period of type EXT on any of their days.
INSERT INTO found BY NAME
SELECT
    'casual_without_dimona' AS "check",
    special.* EXCLUDE (is_flexi, first_day, last_day),
    special.first_day AS dmfa_first,
    special.last_day AS dmfa_last
FROM special
WHERE
    NOT special.is_flexi
    AND NOT EXISTS (
        SELECT 1
        FROM registered
        WHERE
            registered.employer = special.employer
            AND registered.inss = special.inss
            AND registered.worker_type = 'EXT'
            AND registered.first_day <= special.last_day
            AND registered.last_day >= special.first_day
    )
