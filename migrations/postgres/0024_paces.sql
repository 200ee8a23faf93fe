-- The next free place of each number. On PostgreSQL every session has a row of its own, so that nobody waits for anybody; the latest one counts.
CREATE TABLE paces (
    number_id BIGINT NOT NULL REFERENCES numbers (id),
    session   BIGINT NOT NULL,
    free_at   BIGINT NOT NULL,
    PRIMARY KEY (number_id, session)
);
INSERT INTO paces (number_id, session, free_at) SELECT id, 0, pace_free_at FROM numbers WHERE pace_free_at > 0;
ALTER TABLE numbers DROP COLUMN pace_free_at;
