-- Who looked at what is hidden, and who took something out of the house. Rows name people by id only.
CREATE TABLE audit (
    id              INTEGER PRIMARY KEY,
    at              INTEGER NOT NULL,
    actor_id        INTEGER NOT NULL REFERENCES people (id),
    kind            TEXT NOT NULL,
    conversation_id INTEGER REFERENCES conversations (id),
    customer_id     INTEGER REFERENCES customers (id),
    person_id       INTEGER REFERENCES people (id),
    data            TEXT NOT NULL
);
CREATE INDEX audit_conversation ON audit (conversation_id, id) WHERE conversation_id IS NOT NULL;
CREATE INDEX audit_customer ON audit (customer_id, id) WHERE customer_id IS NOT NULL;

CREATE TRIGGER audit_fixed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
