-- The whole house: who, which numbers, what was said, and what has still to be sent.
-- Instants are whole microseconds since 1970 UTC. Ids are made by the program, so that one statement can
-- write many rows that name each other; conversations count up from 1001, because people say them aloud.

CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Things that happen too often for a row each (rejected webhooks, doubled requests): a total and the last time.
CREATE TABLE tallies (
    name    TEXT NOT NULL PRIMARY KEY,
    total   INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    detail  TEXT
);

CREATE TABLE nodes (
    id         INTEGER PRIMARY KEY,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER
);

CREATE TABLE people (
    id                INTEGER PRIMARY KEY,
    email             TEXT NOT NULL,
    name              TEXT NOT NULL,
    role              TEXT NOT NULL CHECK (role IN ('rep', 'manager', 'admin')),
    phone             TEXT,
    phone_verified_at INTEGER,
    phone_muted_at    INTEGER,
    duty              TEXT NOT NULL CHECK (duty IN ('on', 'away', 'away_reassign')),
    schedule          TEXT,
    open_limit        INTEGER,
    password_hash     TEXT,
    created_at        INTEGER NOT NULL,
    disabled_at       INTEGER
);
CREATE UNIQUE INDEX people_email ON people (email);
CREATE UNIQUE INDEX people_phone ON people (phone) WHERE phone IS NOT NULL AND disabled_at IS NULL;

CREATE TABLE sessions (
    token_hash TEXT NOT NULL PRIMARY KEY,
    person_id  INTEGER NOT NULL REFERENCES people (id),
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
);
CREATE INDEX sessions_person ON sessions (person_id);

CREATE TABLE links (
    token_hash TEXT NOT NULL PRIMARY KEY,
    person_id  INTEGER NOT NULL REFERENCES people (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
);

CREATE TABLE sign_in_failures (
    id      INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    address TEXT NOT NULL,
    at      INTEGER NOT NULL
);
CREATE INDEX sign_in_failures_account ON sign_in_failures (account, at);
CREATE INDEX sign_in_failures_address ON sign_in_failures (address, at);

CREATE TABLE numbers (
    id            INTEGER PRIMARY KEY,
    number        TEXT NOT NULL,
    role          TEXT NOT NULL CHECK (role IN ('line', 'mask')),
    state         TEXT NOT NULL CHECK (state IN ('active', 'draining', 'cooling', 'released')),
    country       TEXT,
    pace_micros   INTEGER,
    pace_free_at  INTEGER NOT NULL,
    paused_at     INTEGER,
    paused_why    TEXT,
    in_service_at INTEGER NOT NULL,
    backfilled_at INTEGER
);
CREATE UNIQUE INDEX numbers_number ON numbers (number);

CREATE TABLE lines (
    id       INTEGER PRIMARY KEY REFERENCES numbers (id),
    name     TEXT NOT NULL,
    hours    TEXT,
    policies TEXT
);

-- Words of the system itself that a line says in its own way; what is not here is said in the usual words.
CREATE TABLE line_texts (
    line_id INTEGER NOT NULL REFERENCES lines (id),
    name    TEXT NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (line_id, name)
);

CREATE TABLE line_members (
    line_id   INTEGER NOT NULL REFERENCES lines (id),
    person_id INTEGER NOT NULL REFERENCES people (id),
    picked_at INTEGER,
    PRIMARY KEY (line_id, person_id)
);
CREATE INDEX line_members_person ON line_members (person_id);

CREATE TABLE customers (
    id         INTEGER PRIMARY KEY,
    phone      TEXT NOT NULL,
    name       TEXT,
    created_at INTEGER NOT NULL,
    blocked_at INTEGER,
    blocked_by INTEGER REFERENCES people (id)
);
CREATE UNIQUE INDEX customers_phone ON customers (phone);

CREATE TABLE conversations (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    kind            TEXT NOT NULL CHECK (kind IN ('support', 'pair')),
    line_id         INTEGER REFERENCES lines (id),
    customer_id     INTEGER REFERENCES customers (id),
    pinned_to       INTEGER REFERENCES people (id),
    opened_at       INTEGER NOT NULL,
    closed_at       INTEGER,
    last_at         INTEGER NOT NULL,
    last_inbound_at INTEGER,
    waiting_since   INTEGER,
    preview         TEXT NOT NULL,
    paused_at       INTEGER,
    loop_state      TEXT,
    waits_from      INTEGER,
    pinned_at       INTEGER,
    snoozed_until   INTEGER,
    flagged_at      INTEGER
);
CREATE INDEX conversations_open ON conversations (last_at) WHERE closed_at IS NULL;
CREATE INDEX conversations_mine ON conversations (pinned_to, last_at) WHERE closed_at IS NULL;
CREATE INDEX conversations_customer ON conversations (customer_id, id);
CREATE INDEX conversations_closed ON conversations (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX conversations_unassigned ON conversations (line_id, id) WHERE closed_at IS NULL AND pinned_to IS NULL;
CREATE INDEX conversations_waiting ON conversations (waits_from) WHERE waits_from IS NOT NULL;
CREATE INDEX conversations_snoozed ON conversations (snoozed_until) WHERE snoozed_until IS NOT NULL;

CREATE TABLE legs (
    id              INTEGER PRIMARY KEY,
    conversation_id INTEGER NOT NULL REFERENCES conversations (id),
    role            TEXT NOT NULL CHECK (role IN ('customer', 'rep', 'party')),
    person_id       INTEGER REFERENCES people (id),
    alias           TEXT,
    phone           TEXT NOT NULL,
    number_id       INTEGER NOT NULL REFERENCES numbers (id),
    counterpart     TEXT,
    opened_at       INTEGER NOT NULL,
    greeted_at      INTEGER,
    ended_at        INTEGER,
    ended_why       TEXT,
    rests_until     INTEGER
);
CREATE UNIQUE INDEX legs_live ON legs (phone, number_id) WHERE ended_at IS NULL;
CREATE INDEX legs_resting ON legs (rests_until) WHERE rests_until IS NOT NULL;
CREATE INDEX legs_seen ON legs (phone, number_id, opened_at);
CREATE INDEX legs_counterpart ON legs (phone, counterpart, opened_at);
CREATE INDEX legs_conversation ON legs (conversation_id);

CREATE TABLE messages (
    id              INTEGER PRIMARY KEY,
    conversation_id INTEGER REFERENCES conversations (id),
    author          TEXT NOT NULL CHECK (author IN ('customer', 'rep', 'party', 'system')),
    author_id       INTEGER REFERENCES people (id),
    way             TEXT NOT NULL CHECK (way IN ('phone', 'web', 'api', 'system')),
    kind            TEXT NOT NULL CHECK (kind IN ('text', 'note', 'keyword', 'command')),
    outcome         TEXT NOT NULL CHECK (outcome IN ('relayed', 'held', 'refused', 'kept')),
    why             TEXT,
    trace           TEXT,
    body            TEXT NOT NULL,
    media           TEXT,
    from_phone      TEXT,
    to_number       TEXT,
    leg_id          INTEGER REFERENCES legs (id),
    accepted_at     INTEGER NOT NULL,
    carrier_account TEXT,
    carrier_id      TEXT,
    raw             TEXT,
    form_key        TEXT,
    sent_at         INTEGER
);
CREATE UNIQUE INDEX messages_carrier_id ON messages (carrier_id, carrier_account) WHERE carrier_id IS NOT NULL;
CREATE UNIQUE INDEX messages_form_key ON messages (form_key) WHERE form_key IS NOT NULL;
CREATE INDEX messages_conversation ON messages (conversation_id, id);
CREATE INDEX messages_raw ON messages (accepted_at) WHERE raw IS NOT NULL;
CREATE INDEX messages_held ON messages (id) WHERE outcome = 'held';

CREATE TABLE events (
    id              INTEGER PRIMARY KEY,
    conversation_id INTEGER REFERENCES conversations (id),
    at              INTEGER NOT NULL,
    kind            TEXT NOT NULL,
    actor_id        INTEGER REFERENCES people (id),
    data            TEXT NOT NULL
);
CREATE INDEX events_conversation ON events (conversation_id, id);

-- The outbox. A lane is (number_id, to_phone). A ready row without due_at waits behind another row of its lane;
-- place_at is the place in its number's pace that it has reserved. A row with look_from is looked for in the carrier's
-- list, among texts made from then on, before it is requested.
CREATE TABLE deliveries (
    id              INTEGER PRIMARY KEY,
    message_id      INTEGER REFERENCES messages (id),
    leg_id          INTEGER REFERENCES legs (id),
    conversation_id INTEGER REFERENCES conversations (id),
    part            INTEGER NOT NULL,
    kind            TEXT NOT NULL,
    number_id       INTEGER NOT NULL REFERENCES numbers (id),
    to_phone        TEXT NOT NULL,
    person_id       INTEGER REFERENCES people (id),
    body            TEXT NOT NULL,
    segments        INTEGER NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('ready', 'sending', 'unknown', 'accepted', 'sent', 'delivered',
                        'undelivered', 'failed', 'suppressed', 'expired', 'parked', 'dead')),
    carrier_rank    INTEGER NOT NULL,
    due_at          INTEGER,
    place_at        INTEGER,
    accepted_at     INTEGER NOT NULL,
    valid_until     INTEGER NOT NULL,
    fence           INTEGER NOT NULL,
    tries           INTEGER NOT NULL,
    error_code      INTEGER,
    why             TEXT,
    updated_at      INTEGER NOT NULL,
    window_at       INTEGER,
    look_from       INTEGER
);
CREATE UNIQUE INDEX deliveries_lane ON deliveries (number_id, to_phone) WHERE state IN ('sending', 'unknown');
CREATE INDEX deliveries_queue ON deliveries (number_id, to_phone, id) WHERE state = 'ready';
CREATE INDEX deliveries_due ON deliveries (due_at) WHERE state = 'ready' AND due_at IS NOT NULL;
CREATE INDEX deliveries_stale ON deliveries (valid_until) WHERE state = 'ready';
CREATE INDEX deliveries_open ON deliveries (state) WHERE state IN ('sending', 'unknown', 'parked');
CREATE UNIQUE INDEX deliveries_part ON deliveries (message_id, leg_id, kind, part) WHERE message_id IS NOT NULL;
CREATE UNIQUE INDEX deliveries_window ON deliveries (to_phone, number_id, kind, window_at) WHERE window_at IS NOT NULL;
CREATE INDEX deliveries_conversation ON deliveries (conversation_id, id);

-- One row a request to the carrier. The newest of a delivery has its fence.
CREATE TABLE attempts (
    id           INTEGER PRIMARY KEY,
    delivery_id  INTEGER NOT NULL REFERENCES deliveries (id),
    secret       TEXT NOT NULL,
    fence        INTEGER NOT NULL,
    node         INTEGER NOT NULL,
    started_at   INTEGER NOT NULL,
    lease_until  INTEGER NOT NULL,
    ended_at     INTEGER,
    outcome      TEXT,
    carrier_id   TEXT,
    doubt_since  INTEGER,
    looks        INTEGER NOT NULL,
    next_look_at INTEGER,
    listed_at    INTEGER,
    empty_at     INTEGER
);
CREATE INDEX attempts_delivery ON attempts (delivery_id, fence);
CREATE UNIQUE INDEX attempts_carrier_id ON attempts (carrier_id) WHERE carrier_id IS NOT NULL;
CREATE INDEX attempts_open ON attempts (lease_until) WHERE ended_at IS NULL;
CREATE INDEX attempts_doubt ON attempts (next_look_at) WHERE next_look_at IS NOT NULL;

-- Two append-only ledgers; the newest row of its key says what holds.
CREATE TABLE consents (
    id       INTEGER PRIMARY KEY,
    phone    TEXT NOT NULL,
    scope    TEXT NOT NULL,
    given    INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    origin   TEXT NOT NULL,
    evidence TEXT
);
CREATE INDEX consents_key ON consents (phone, scope, id);

CREATE TABLE blocks (
    id        INTEGER PRIMARY KEY,
    phone     TEXT NOT NULL,
    number_id INTEGER NOT NULL REFERENCES numbers (id),
    blocked   INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    origin    TEXT NOT NULL,
    evidence  TEXT
);
CREATE INDEX blocks_key ON blocks (phone, number_id, id);

-- What open browsers are told: ids only, read in order by a cursor.
CREATE TABLE changes (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id INTEGER NOT NULL,
    kind            TEXT NOT NULL,
    at              INTEGER NOT NULL
);

CREATE TRIGGER consents_fixed BEFORE UPDATE ON consents BEGIN SELECT RAISE(ABORT, 'consents are append-only'); END;
CREATE TRIGGER consents_kept BEFORE DELETE ON consents BEGIN SELECT RAISE(ABORT, 'consents are append-only'); END;
CREATE TRIGGER blocks_fixed BEFORE UPDATE ON blocks BEGIN SELECT RAISE(ABORT, 'blocks are append-only'); END;
CREATE TRIGGER blocks_kept BEFORE DELETE ON blocks BEGIN SELECT RAISE(ABORT, 'blocks are append-only'); END;

INSERT INTO sqlite_sequence (name, seq) VALUES ('conversations', 1000);
