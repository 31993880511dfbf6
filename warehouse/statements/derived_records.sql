-- Worker records of the employers of this run: as they are in the tables, and as their relations
-- count them.
WITH employers AS (
    SELECT DISTINCT employer
    FROM ops.form
    WHERE run_id = $run_id AND disposition = 'accepted'
)

SELECT
    (
        SELECT count(*)
        FROM dmfa.worker_record AS record
        SEMI JOIN employers ON record.employer = employers.employer
        WHERE record.quarter = $quarter
    ) AS records,
    (
        SELECT coalesce(sum(relation.worker_records), 0)
        FROM core.relation AS relation
        SEMI JOIN employers ON relation.employer = employers.employer
        WHERE relation.quarter = $quarter
    ) AS in_relations
