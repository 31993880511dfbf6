-- Take the rows out of the lake that merged rows stand for.
-- table: core.relation, or its rows in another order; $quarter: quarter of the run; merged: the
-- rows that merged_relation.sql found
DELETE FROM {table} AS relation
WHERE quarter = $quarter AND EXISTS (
    SELECT 1
    FROM merged
    WHERE
        merged.employer = relation.employer
        AND merged.inss IS NOT DISTINCT FROM relation.inss
        AND merged.employer_class IS NOT DISTINCT FROM relation.employer_class
        AND merged.worker_code IS NOT DISTINCT FROM relation.worker_code
)
