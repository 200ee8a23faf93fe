-- What integrators hold and are told. Only hashes of tokens are kept. A token that somebody made ends with their rights.
CREATE TABLE api_tokens (
    id           BIGINT PRIMARY KEY,
    name         TEXT NOT NULL,
    token_hash   TEXT NOT NULL,
    scopes       TEXT NOT NULL,
    created_by   BIGINT REFERENCES people (id),
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT,
    last_used_at BIGINT,
    revoked_at   BIGINT
);
CREATE UNIQUE INDEX api_tokens_hash ON api_tokens (token_hash);

-- Answers that are given again. Without a status the request is still being answered.
CREATE TABLE idempotency_keys (
    token_id   BIGINT NOT NULL REFERENCES api_tokens (id),
    key        TEXT NOT NULL,
    body_hash  TEXT NOT NULL,
    status     BIGINT,
    answer     TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (token_id, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

-- Where events are posted. events: their words with spaces between, or * for all. Posts to a disabled one wait.
CREATE TABLE endpoints (
    id           BIGINT PRIMARY KEY,
    url          TEXT NOT NULL,
    events       TEXT NOT NULL,
    secret       TEXT NOT NULL,
    token_id     BIGINT REFERENCES api_tokens (id),
    created_by   BIGINT REFERENCES people (id),
    created_at   BIGINT NOT NULL,
    disabled_at  BIGINT,
    disabled_why TEXT,
    deleted_at   BIGINT
);

-- What happened to pairs, as integrators are told of it; seq counts the events of one pair from 1.
CREATE TABLE api_events (
    id              BIGINT PRIMARY KEY,
    conversation_id BIGINT NOT NULL REFERENCES conversations (id),
    seq             BIGINT NOT NULL,
    kind            TEXT NOT NULL,
    at              BIGINT NOT NULL,
    body            TEXT NOT NULL
);
CREATE UNIQUE INDEX api_events_seq ON api_events (conversation_id, seq);
CREATE INDEX api_events_age ON api_events (at);

-- One row an event and endpoint. Of those that wait, only the first of each endpoint and pair has next_at; whoever takes
-- it moves next_at behind the time that the request may take, and attempts is the fence of the result.
CREATE TABLE event_posts (
    endpoint_id     BIGINT NOT NULL REFERENCES endpoints (id),
    event_id        BIGINT NOT NULL REFERENCES api_events (id),
    conversation_id BIGINT NOT NULL,
    seq             BIGINT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
    attempts        BIGINT NOT NULL,
    next_at         BIGINT,
    tried_at        BIGINT,
    status          BIGINT,
    error           TEXT,
    PRIMARY KEY (endpoint_id, event_id)
);
CREATE INDEX event_posts_event ON event_posts (event_id);
CREATE INDEX event_posts_due ON event_posts (next_at) WHERE state = 'waiting' AND next_at IS NOT NULL;
CREATE INDEX event_posts_lane ON event_posts (endpoint_id, conversation_id, seq) WHERE state = 'waiting';
