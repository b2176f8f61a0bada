-- What requests with an `Idempotency-Key` were answered, for as long as they may be repeated. `caller` is the name of
-- the token: keys of one never meet those of another. `request` tells the request from any other.
CREATE TABLE kept_answer (
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    request TEXT NOT NULL,
    at BIGINT NOT NULL,
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (caller, key)
) WITHOUT ROWID;

CREATE INDEX kept_answer_by_age ON kept_answer (at);
