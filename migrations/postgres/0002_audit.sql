-- Who looked at what is hidden, and who took something out of the house. Rows name people by id only.
CREATE TABLE audit (
    id              BIGINT PRIMARY KEY,
    at              BIGINT NOT NULL,
    actor_id        BIGINT NOT NULL REFERENCES people (id),
    kind            TEXT NOT NULL,
    conversation_id BIGINT REFERENCES conversations (id),
    customer_id     BIGINT REFERENCES customers (id),
    person_id       BIGINT REFERENCES people (id),
    data            TEXT NOT NULL
);
CREATE INDEX audit_conversation ON audit (conversation_id, id) WHERE conversation_id IS NOT NULL;
CREATE INDEX audit_customer ON audit (customer_id, id) WHERE customer_id IS NOT NULL;

CREATE TRIGGER audit_fixed BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION append_only();
