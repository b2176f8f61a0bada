-- Only the SHA-256 of a token is kept. `start` is its first characters, which are no secret and name it.
CREATE TABLE token (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    start TEXT NOT NULL UNIQUE,
    hash BLOB NOT NULL,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    last_used_at BIGINT
);

-- A name may be given anew when its token was revoked.
CREATE UNIQUE INDEX token_by_name ON token (name) WHERE revoked_at IS NULL;
