-- Occupations of flexi-jobs of which a day is in no period of a flexi-job that was granted: no span
-- of these holds the whole occupation.
INSERT INTO found BY NAME
SELECT
    'flexi_not_covered' AS "check",
    special.employer,
    special.inss,
    special.said_employer,
    special.said_inss,
    special.employer_class,
    special.worker_code,
    'dates' AS measure,
    special.first_day AS dmfa_first,
    special.last_day AS dmfa_last,
    min(span.first_day) AS dimona_first,
    max(span.last_day) AS dimona_last,
    special.file_id,
    special.form_no,
    special.line
FROM special
LEFT JOIN flexi_spans AS span
    ON
        special.employer = span.employer
        AND special.inss = span.inss
        AND special.first_day <= span.last_day
        AND special.last_day >= span.first_day
WHERE special.is_flexi
GROUP BY ALL
HAVING
    NOT coalesce(
        bool_or(span.first_day <= special.first_day AND span.last_day >= special.last_day), false
    )
