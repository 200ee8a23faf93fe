-- Programs are apart. A token belongs to an app, and so do the pairs, references, endpoints and keys of its requests.
CREATE TABLE apps (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    created_by INTEGER REFERENCES people (id),
    created_at INTEGER NOT NULL
);

-- Each token of before becomes an app of its own, under the token's number and name; a name that is taken gets the number.
INSERT INTO apps (id, name, created_by, created_at)
SELECT t.id,
       CASE WHEN EXISTS (SELECT 1 FROM api_tokens o WHERE o.name = t.name AND o.id < t.id)
            THEN t.name || ' (' || CAST(t.id AS TEXT) || ')' ELSE t.name END,
       t.created_by, t.created_at
FROM api_tokens t;

ALTER TABLE api_tokens ADD COLUMN app_id INTEGER REFERENCES apps (id);
UPDATE api_tokens SET app_id = id;
CREATE INDEX api_tokens_app ON api_tokens (app_id);

-- An endpoint of an app is told of the app's pairs alone. Without an app an admin made it, for the pairs of all.
ALTER TABLE endpoints ADD COLUMN app_id INTEGER REFERENCES apps (id);
UPDATE endpoints SET app_id = token_id;
CREATE INDEX endpoints_app ON endpoints (app_id);

-- 0: of no app. No program opens such a pair, and none is shown one; where there is one app alone, they are its.
ALTER TABLE pairs ADD COLUMN app_id INTEGER NOT NULL DEFAULT 0;
UPDATE pairs SET app_id = COALESCE(
    (SELECT a.id FROM apps a WHERE a.id = pairs.token_id),
    (SELECT MIN(a.id) FROM apps a HAVING COUNT(*) = 1),
    0);
CREATE INDEX pairs_app ON pairs (app_id, conversation_id);

ALTER TABLE pair_references ADD COLUMN app_id INTEGER NOT NULL DEFAULT 0;
UPDATE pair_references SET app_id = COALESCE(
    (SELECT x.app_id FROM pairs x WHERE x.conversation_id = pair_references.conversation_id), 0);
DROP INDEX pair_references_open;
CREATE UNIQUE INDEX pair_references_open ON pair_references (app_id, reference) WHERE ended_at IS NULL;

-- The keys of an app's requests; each token of before was an app.
CREATE TABLE app_keys (
    app_id     INTEGER NOT NULL REFERENCES apps (id),
    key        TEXT NOT NULL,
    body_hash  TEXT NOT NULL,
    status     INTEGER,
    answer     TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (app_id, key)
);
INSERT INTO app_keys (app_id, key, body_hash, status, answer, created_at)
SELECT token_id, key, body_hash, status, answer, created_at FROM idempotency_keys;
DROP TABLE idempotency_keys;
ALTER TABLE app_keys RENAME TO idempotency_keys;
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

-- What programs, commands and the program itself did to rights, or ended: rows that nobody can change. What people did
-- stands in audit. Neither has numbers or texts.
CREATE TABLE acts (
    id              INTEGER PRIMARY KEY,
    at              INTEGER NOT NULL,
    origin          TEXT NOT NULL CHECK (origin IN ('program', 'command', 'house')),
    app_id          INTEGER REFERENCES apps (id),
    token_id        INTEGER REFERENCES api_tokens (id),
    kind            TEXT NOT NULL,
    conversation_id INTEGER REFERENCES conversations (id),
    data            TEXT NOT NULL
);
CREATE INDEX acts_conversation ON acts (conversation_id, id) WHERE conversation_id IS NOT NULL;

CREATE TRIGGER acts_fixed BEFORE UPDATE ON acts BEGIN SELECT RAISE(ABORT, 'acts is append-only'); END;
CREATE TRIGGER acts_kept BEFORE DELETE ON acts BEGIN SELECT RAISE(ABORT, 'acts is append-only'); END;

-- Whoever made a link on the web must still be an admin when it is used. Links of the command line are nobody's.
ALTER TABLE links ADD COLUMN made_by INTEGER REFERENCES people (id);
