-- Workers of an employer who are at work by the DmfA and have no period in the quarter, and those
-- with one whom no declaration of the employer names.
INSERT INTO found BY NAME
SELECT
    'no_dimona' AS "check",
    declared.employer,
    declared.inss,
    declared.said_employer,
    declared.said_inss
FROM declared
ANTI JOIN known ON declared.employer = known.employer AND declared.inss = known.inss
WHERE declared.at_work
UNION ALL BY NAME
SELECT
    'no_dmfa' AS "check",
    known.employer,
    known.inss,
    declaring.said_employer
FROM known
ANTI JOIN declared ON known.employer = declared.employer AND known.inss = declared.inss
LEFT JOIN declaring ON known.employer = declaring.employer
WHERE known.expected
