-- The next free place of each number. On PostgreSQL every session has a row of its own, so that nobody waits for anybody; the latest one counts.
CREATE TABLE paces (
    number_id INTEGER NOT NULL REFERENCES numbers (id),
    session   INTEGER NOT NULL,
    free_at   INTEGER NOT NULL,
    PRIMARY KEY (number_id, session)
) WITHOUT ROWID;
INSERT INTO paces (number_id, session, free_at) SELECT id, 0, pace_free_at FROM numbers WHERE pace_free_at > 0;
ALTER TABLE numbers DROP COLUMN pace_free_at;
