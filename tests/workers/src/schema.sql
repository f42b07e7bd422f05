-- What the workers need: their jobs, and a place for what they bring.
CREATE TABLE etl_jobs (
    id bigint PRIMARY KEY,
    job_name text NOT NULL,
    checkpoint_data jsonb,
    retry_count integer NOT NULL DEFAULT 0,
    error_message text,
    claimed_by text,
    claimed_until timestamptz
);

CREATE TABLE items (
    job text NOT NULL,
    item text NOT NULL,
    state text,
    times integer NOT NULL DEFAULT 1,
    PRIMARY KEY (job, item)
);
