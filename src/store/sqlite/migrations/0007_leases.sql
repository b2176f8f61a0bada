-- `lease` counts the leases of a source: whoever holds an older number than the newest has lost it. `holder` tells people
-- who runs it. `wait_until` is what the platform asked for, and holds beyond a restart.
ALTER TABLE source_state ADD COLUMN lease BIGINT NOT NULL DEFAULT 0;
ALTER TABLE source_state ADD COLUMN holder TEXT;
ALTER TABLE source_state ADD COLUMN wait_until BIGINT;
