-- Programs are apart. A token belongs to an app, and so do the pairs, references, endpoints and keys of its requests.
CREATE TABLE apps (
    id         BIGINT PRIMARY KEY,
    name       TEXT NOT NULL,
    created_by BIGINT REFERENCES people (id),
    created_at BIGINT NOT NULL
);

-- Each token of before becomes an app of its own, under the token's number and name; a name that is taken gets the number.
INSERT INTO apps (id, name, created_by, created_at)
SELECT t.id,
       CASE WHEN EXISTS (SELECT 1 FROM api_tokens o WHERE o.name = t.name AND o.id < t.id)
            THEN t.name || ' (' || CAST(t.id AS TEXT) || ')' ELSE t.name END,
       t.created_by, t.created_at
FROM api_tokens t;

ALTER TABLE api_tokens ADD COLUMN app_id BIGINT REFERENCES apps (id);
UPDATE api_tokens SET app_id = id;
CREATE INDEX api_tokens_app ON api_tokens (app_id);

-- An endpoint of an app is told of the app's pairs alone. Without an app an admin made it, for the pairs of all.
ALTER TABLE endpoints ADD COLUMN app_id BIGINT REFERENCES apps (id);
UPDATE endpoints SET app_id = token_id;
CREATE INDEX endpoints_app ON endpoints (app_id);

-- 0: of no app. No program opens such a pair, and none is shown one; where there is one app alone, they are its.
ALTER TABLE pairs ADD COLUMN app_id BIGINT NOT NULL DEFAULT 0;
UPDATE pairs SET app_id = COALESCE(
    (SELECT a.id FROM apps a WHERE a.id = pairs.token_id),
    (SELECT MIN(a.id) FROM apps a HAVING COUNT(*) = 1),
    0);
CREATE INDEX pairs_app ON pairs (app_id, conversation_id);

ALTER TABLE pair_references ADD COLUMN app_id BIGINT NOT NULL DEFAULT 0;
UPDATE pair_references SET app_id = COALESCE(
    (SELECT x.app_id FROM pairs x WHERE x.conversation_id = pair_references.conversation_id), 0);
DROP INDEX pair_references_open;
CREATE UNIQUE INDEX pair_references_open ON pair_references (app_id, reference) WHERE ended_at IS NULL;

-- The keys of an app's requests; each token of before was an app.
ALTER TABLE idempotency_keys RENAME COLUMN token_id TO app_id;
ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_token_id_fkey;
ALTER TABLE idempotency_keys ADD CONSTRAINT idempotency_keys_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps (id);

-- What programs, commands and the program itself did to rights, or ended: rows that nobody can change. What people did
-- stands in audit. Neither has numbers or texts.
CREATE TABLE acts (
    id              BIGINT PRIMARY KEY,
    at              BIGINT NOT NULL,
    origin          TEXT NOT NULL CHECK (origin IN ('program', 'command', 'house')),
    app_id          BIGINT REFERENCES apps (id),
    token_id        BIGINT REFERENCES api_tokens (id),
    kind            TEXT NOT NULL,
    conversation_id BIGINT REFERENCES conversations (id),
    data            TEXT NOT NULL
);
CREATE INDEX acts_conversation ON acts (conversation_id, id) WHERE conversation_id IS NOT NULL;

CREATE TRIGGER acts_fixed BEFORE UPDATE OR DELETE ON acts FOR EACH ROW EXECUTE FUNCTION append_only();

-- Whoever made a link on the web must still be an admin when it is used. Links of the command line are nobody's.
ALTER TABLE links ADD COLUMN made_by BIGINT REFERENCES people (id);
