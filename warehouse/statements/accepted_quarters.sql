-- Quarters with accepted forms that were read from files, and how many there are.
SELECT
    quarter,
    count(*) AS forms
FROM ops.form
WHERE disposition = 'accepted' AND quarter IS NOT NULL
GROUP BY quarter
ORDER BY quarter
