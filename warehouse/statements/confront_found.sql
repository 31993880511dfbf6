-- What is found: checks put their rows here.
CREATE OR REPLACE TEMP TABLE found (
    "check" VARCHAR,
    -- under the numbers that are valid now
    employer VARCHAR,
    inss VARCHAR,
    -- as the DmfA says; null where it says nothing
    said_employer VARCHAR,
    said_inss VARCHAR,
    employer_class VARCHAR,
    worker_code VARCHAR,
    measure VARCHAR,
    dmfa_number BIGINT,
    dimona_number BIGINT,
    quota BIGINT,
    dmfa_first DATE,
    dmfa_last DATE,
    dimona_first DATE,
    dimona_last DATE,
    file_id VARCHAR,
    form_no BIGINT,
    line BIGINT
)
