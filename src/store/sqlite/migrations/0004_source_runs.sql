-- What is known of each source: when its latest batch came, and how its runs went. Times are milliseconds since 1970.
-- `held_until` is the hold of a run that is under way; it is renewed while the run lives, so a crash lets go of it.
CREATE TABLE source_state (
    source BIGINT PRIMARY KEY NOT NULL REFERENCES source (number),
    reported_at BIGINT,
    last_success_at BIGINT,
    next_run_at BIGINT,
    held_until BIGINT,
    failures BIGINT NOT NULL DEFAULT 0
) WITHOUT ROWID;

INSERT INTO source_state (source, reported_at) SELECT source, max(at) FROM sighting GROUP BY source;

-- The latest runs of each source; older ones are removed. `error` is NULL for a success.
CREATE TABLE source_run (
    number INTEGER PRIMARY KEY,
    source BIGINT NOT NULL REFERENCES source (number),
    started_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    read BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    deleted BIGINT NOT NULL,
    error TEXT
);

CREATE INDEX source_run_by_source ON source_run (source, number);
