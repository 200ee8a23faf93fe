-- What integrators hold and are told. Only hashes of tokens are kept. A token that somebody made ends with their rights.
CREATE TABLE api_tokens (
    id           INTEGER PRIMARY KEY,
    name         TEXT NOT NULL,
    token_hash   TEXT NOT NULL,
    scopes       TEXT NOT NULL,
    created_by   INTEGER REFERENCES people (id),
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    last_used_at INTEGER,
    revoked_at   INTEGER
);
CREATE UNIQUE INDEX api_tokens_hash ON api_tokens (token_hash);

-- Answers that are given again. Without a status the request is still being answered.
CREATE TABLE idempotency_keys (
    token_id   INTEGER NOT NULL REFERENCES api_tokens (id),
    key        TEXT NOT NULL,
    body_hash  TEXT NOT NULL,
    status     INTEGER,
    answer     TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (token_id, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

-- Where events are posted. events: their words with spaces between, or * for all. Posts to a disabled one wait.
CREATE TABLE endpoints (
    id           INTEGER PRIMARY KEY,
    url          TEXT NOT NULL,
    events       TEXT NOT NULL,
    secret       TEXT NOT NULL,
    token_id     INTEGER REFERENCES api_tokens (id),
    created_by   INTEGER REFERENCES people (id),
    created_at   INTEGER NOT NULL,
    disabled_at  INTEGER,
    disabled_why TEXT,
    deleted_at   INTEGER
);

-- What happened to pairs, as integrators are told of it; seq counts the events of one pair from 1.
CREATE TABLE api_events (
    id              INTEGER PRIMARY KEY,
    conversation_id INTEGER NOT NULL REFERENCES conversations (id),
    seq             INTEGER NOT NULL,
    kind            TEXT NOT NULL,
    at              INTEGER NOT NULL,
    body            TEXT NOT NULL
);
CREATE UNIQUE INDEX api_events_seq ON api_events (conversation_id, seq);
CREATE INDEX api_events_age ON api_events (at);

-- One row an event and endpoint. Of those that wait, only the first of each endpoint and pair has next_at; whoever takes
-- it moves next_at behind the time that the request may take, and attempts is the fence of the result.
CREATE TABLE event_posts (
    endpoint_id     INTEGER NOT NULL REFERENCES endpoints (id),
    event_id        INTEGER NOT NULL REFERENCES api_events (id),
    conversation_id INTEGER NOT NULL,
    seq             INTEGER NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
    attempts        INTEGER NOT NULL,
    next_at         INTEGER,
    tried_at        INTEGER,
    status          INTEGER,
    error           TEXT,
    PRIMARY KEY (endpoint_id, event_id)
);
CREATE INDEX event_posts_event ON event_posts (event_id);
CREATE INDEX event_posts_due ON event_posts (next_at) WHERE state = 'waiting' AND next_at IS NOT NULL;
CREATE INDEX event_posts_lane ON event_posts (endpoint_id, conversation_id, seq) WHERE state = 'waiting';
