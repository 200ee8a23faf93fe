-- What is being written, and what is to be sent later.
CREATE TABLE drafts (
    person_id       BIGINT NOT NULL REFERENCES people (id),
    conversation_id BIGINT NOT NULL REFERENCES conversations (id),
    reply           TEXT NOT NULL,
    note            TEXT NOT NULL,
    saved_at        BIGINT NOT NULL,
    PRIMARY KEY (person_id, conversation_id)
);

-- Belongs to a person, to a line, or, without either, to the company.
CREATE TABLE canned_replies (
    id         BIGINT PRIMARY KEY,
    person_id  BIGINT REFERENCES people (id),
    line_id    BIGINT REFERENCES lines (id),
    shortcut   TEXT NOT NULL,
    body       TEXT NOT NULL,
    created_by BIGINT REFERENCES people (id),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX canned_replies_person ON canned_replies (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX canned_replies_line ON canned_replies (line_id) WHERE line_id IS NOT NULL;

-- A reply that may still be undone, or is scheduled: it is accepted when it is due. Its addressee is fixed when it is
-- written. ended_at: it was sent (message_id), taken back, or could not be sent (why).
CREATE TABLE planned_replies (
    id              BIGINT PRIMARY KEY,
    conversation_id BIGINT NOT NULL REFERENCES conversations (id),
    author_id       BIGINT NOT NULL REFERENCES people (id),
    to_phone        TEXT NOT NULL,
    body            TEXT NOT NULL,
    scheduled       BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    due_at          BIGINT NOT NULL,
    ended_at        BIGINT,
    message_id      BIGINT REFERENCES messages (id),
    why             TEXT,
    form_key        TEXT
);
CREATE INDEX planned_replies_due ON planned_replies (due_at) WHERE ended_at IS NULL;
CREATE INDEX planned_replies_conversation ON planned_replies (conversation_id, id);
CREATE UNIQUE INDEX planned_replies_form_key ON planned_replies (form_key) WHERE form_key IS NOT NULL;

CREATE TABLE mentions (
    message_id      BIGINT NOT NULL REFERENCES messages (id),
    person_id       BIGINT NOT NULL REFERENCES people (id),
    conversation_id BIGINT NOT NULL REFERENCES conversations (id),
    seen_at         BIGINT,
    PRIMARY KEY (message_id, person_id)
);
CREATE INDEX mentions_person ON mentions (person_id, message_id) WHERE seen_at IS NULL;

-- Who has a conversation in front, and who is typing there; old rows mean nothing.
CREATE TABLE presences (
    conversation_id BIGINT NOT NULL REFERENCES conversations (id),
    person_id       BIGINT NOT NULL REFERENCES people (id),
    seen_at         BIGINT NOT NULL,
    typing_at       BIGINT,
    PRIMARY KEY (conversation_id, person_id)
);
CREATE INDEX presences_seen ON presences (seen_at);
