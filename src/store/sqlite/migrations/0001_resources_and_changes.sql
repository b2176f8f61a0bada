-- "PHAR": tells a Pharos database from any other SQLite file.
PRAGMA application_id = 1346912594;

CREATE TABLE meta (
    name TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- Tells this database from any other, so that an index built from another one is recognised.
INSERT INTO meta (name, value) VALUES ('identity', lower(hex(randomblob(16))));

CREATE TABLE source (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

-- Times are milliseconds since 1970. `workspace` is '' for none, so that uniqueness covers it.
-- `state` is derived from `deleted` and `status`; it is kept for the counts.
CREATE TABLE resource (
    number INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    workspace TEXT NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    status TEXT,
    deleted BIGINT NOT NULL,
    state TEXT NOT NULL,
    state_since BIGINT,
    builder_stage TEXT,
    runtime TEXT,
    runtime_since BIGINT,
    owner TEXT,
    description TEXT,
    tags TEXT,
    layer TEXT,
    depot_source TEXT,
    replicas BIGINT,
    cloud_kernel BIGINT,
    web_service BIGINT,
    operator_runtime BIGINT,
    message TEXT,
    created_at BIGINT,
    manifest_digest TEXT,
    first_seen_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    observed TEXT NOT NULL,
    UNIQUE (type, workspace, name)
);

CREATE INDEX resource_by_name ON resource (name);
CREATE INDEX resource_by_owner ON resource (owner, type, workspace, name) WHERE owner IS NOT NULL;

CREATE TABLE manifest (
    resource BIGINT PRIMARY KEY NOT NULL REFERENCES resource (number),
    text TEXT NOT NULL,
    content TEXT NOT NULL
);

CREATE TABLE runtime_node (
    resource BIGINT NOT NULL REFERENCES resource (number),
    name TEXT NOT NULL,
    pod TEXT,
    kind TEXT,
    workspace TEXT,
    data_plane TEXT,
    status TEXT NOT NULL,
    created_at BIGINT,
    started_at BIGINT,
    ended_at BIGINT,
    PRIMARY KEY (resource, name)
) WITHOUT ROWID;

-- One row per observation that changed something. `differences` is a JSON object from field to new value, or to
-- [old value, new value]; its entries are numbered on, in the order of the fields, and `seq` is the number of the last.
-- One row rather than one per field makes the log of a new Resource a third of the size.
-- `life` is 1 where a creation or deletion is among the differences.
CREATE TABLE change (
    seq INTEGER PRIMARY KEY,
    resource BIGINT NOT NULL REFERENCES resource (number),
    at BIGINT NOT NULL,
    source BIGINT NOT NULL REFERENCES source (number),
    life BIGINT NOT NULL,
    differences TEXT NOT NULL
);

CREATE INDEX change_by_resource ON change (resource, seq);
CREATE INDEX change_of_life ON change (resource, seq) WHERE life = 1;

-- Which source ever reported a Resource itself, and when last: what complete listings are compared with.
CREATE TABLE sighting (
    source BIGINT NOT NULL REFERENCES source (number),
    resource BIGINT NOT NULL REFERENCES resource (number),
    at BIGINT NOT NULL,
    PRIMARY KEY (source, resource)
) WITHOUT ROWID;

CREATE TABLE state_count (
    type TEXT NOT NULL,
    state TEXT NOT NULL,
    resources BIGINT NOT NULL,
    PRIMARY KEY (type, state)
) WITHOUT ROWID;
