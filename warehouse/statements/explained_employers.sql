-- Employers with an accepted declaration of a quarter, by any number they may be known under: the
-- number that keys the tables, or the enterprise number declared beside it.
-- $nsso: 9 digits, $enterprise: 10 digits
SELECT DISTINCT form.employer, form.employer IN ($nsso, $enterprise) AS is_key
FROM ops.form AS form
LEFT JOIN dmfa.employer_declaration AS declaration
    ON
        form.quarter = declaration.quarter
        AND form.employer = declaration.employer
        AND form.file_id = declaration.file_id
        AND form.form_no = declaration.form_no
WHERE
    form.quarter = $quarter
    AND form.disposition = 'accepted'
    AND (
        form.employer IN ($nsso, $enterprise)
        OR lpad(declaration.company_id, 10, '0') = $enterprise
    )
ORDER BY form.employer
