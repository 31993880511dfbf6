-- Rows of core.relation in order of person.
-- parts: files of the run; earlier: rows of the lake, where it has them in no such order
COPY (
    SELECT *
    FROM (
        FROM read_parquet([{parts}])
        {earlier}
    )
    ORDER BY inss, quarter, employer, employer_class, worker_code, file_id, form_no, line
)
