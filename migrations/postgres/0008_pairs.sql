-- Two or more people who are joined for one transaction. A pair is a conversation of kind 'pair'; its number is what the
-- API calls its id. Its end is a matter of time: whoever reads ends_at compares it with a clock.
-- span and extension are microseconds. ended_at: somebody has written down that it is over.
CREATE TABLE pairs (
    conversation_id BIGINT PRIMARY KEY REFERENCES conversations (id),
    expiry          TEXT NOT NULL CHECK (expiry IN ('fixed', 'sliding', 'after_completion')),
    span            BIGINT,
    ends_at         BIGINT NOT NULL,
    hard_end_at     BIGINT NOT NULL,
    completed_at    BIGINT,
    extension       BIGINT,
    extensions      BIGINT NOT NULL,
    warn_before     BIGINT,
    warns_at        BIGINT,
    warned_at       BIGINT,
    warning         TEXT,
    redact          BIGINT NOT NULL,
    token_id        BIGINT,
    ended_at        BIGINT,
    ended_why       TEXT
);
CREATE INDEX pairs_ends ON pairs (ends_at) WHERE ended_at IS NULL;
CREATE INDEX pairs_warns ON pairs (warns_at) WHERE ended_at IS NULL AND warns_at IS NOT NULL;

-- What integrators call it; a merged pair has several. body_hash tells whether the same was asked again.
CREATE TABLE pair_references (
    id              BIGINT PRIMARY KEY,
    conversation_id BIGINT NOT NULL REFERENCES conversations (id),
    reference       TEXT NOT NULL,
    body_hash       TEXT NOT NULL,
    ended_at        BIGINT
);
CREATE UNIQUE INDEX pair_references_open ON pair_references (reference) WHERE ended_at IS NULL;
CREATE INDEX pair_references_conversation ON pair_references (conversation_id);
CREATE INDEX pair_references_reference ON pair_references (reference, conversation_id);
