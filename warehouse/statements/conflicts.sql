-- Declarations that this run accepted and another run has accepted too: same employer, trusteeship
-- and quarter.
SELECT count(*) AS conflicts
FROM ops.form AS mine
SEMI JOIN ops.form AS other
    ON
        mine.quarter = other.quarter
        AND mine.employer = other.employer
        AND mine.trusteeship = other.trusteeship
        AND other.run_id <> mine.run_id
        AND other.disposition = 'accepted'
WHERE mine.run_id = $run_id AND mine.disposition = 'accepted' AND mine.quarter = $quarter
