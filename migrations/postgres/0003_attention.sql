-- What waits for somebody's eyes: texts that whoever is responsible has not seen, texts that did not arrive, labels.
-- unread_from is the customer's first text that has not been seen; failed_at the newest failure that nobody has dealt with.
ALTER TABLE conversations ADD COLUMN unread_from BIGINT;
ALTER TABLE conversations ADD COLUMN failed_at BIGINT;

-- Every view is read as a few ranges of an index, one for each of the lines that its reader may see there, so that a page
-- and its count cost the same in a list of a hundred and in one of a hundred thousand. The columns after the id hold nothing
-- that is not known; they are there so that the table need not be asked.
CREATE INDEX conversations_line ON conversations (line_id, last_at, id, closed_at, snoozed_until) WHERE closed_at IS NULL AND snoozed_until IS NULL;
CREATE INDEX conversations_nobody ON conversations (line_id, last_at, id, closed_at, snoozed_until, pinned_to) WHERE closed_at IS NULL AND snoozed_until IS NULL AND pinned_to IS NULL;
CREATE INDEX conversations_unread ON conversations (line_id, last_at, id, closed_at, snoozed_until, unread_from) WHERE closed_at IS NULL AND snoozed_until IS NULL AND unread_from IS NOT NULL;
CREATE INDEX conversations_unread_of ON conversations (pinned_to, line_id, last_at, id, closed_at, snoozed_until, unread_from) WHERE closed_at IS NULL AND snoozed_until IS NULL AND unread_from IS NOT NULL;
CREATE INDEX conversations_awaiting ON conversations (line_id, waiting_since, id, closed_at, snoozed_until) WHERE closed_at IS NULL AND snoozed_until IS NULL AND waiting_since IS NOT NULL;
CREATE INDEX conversations_awaiting_of ON conversations (pinned_to, line_id, waiting_since, id, closed_at, snoozed_until) WHERE closed_at IS NULL AND snoozed_until IS NULL AND waiting_since IS NOT NULL;
CREATE INDEX conversations_done ON conversations (line_id, closed_at, id) WHERE closed_at IS NOT NULL;
CREATE INDEX conversations_done_of ON conversations (pinned_to, line_id, closed_at, id) WHERE closed_at IS NOT NULL;
CREATE INDEX conversations_failed ON conversations (failed_at) WHERE failed_at IS NOT NULL;
CREATE INDEX conversations_paused ON conversations (paused_at) WHERE paused_at IS NOT NULL;
CREATE INDEX conversations_flagged ON conversations (flagged_at) WHERE flagged_at IS NOT NULL;

CREATE TABLE labels (
    id         BIGINT PRIMARY KEY,
    name       TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX labels_name ON labels (name);

CREATE TABLE conversation_labels (
    conversation_id BIGINT NOT NULL REFERENCES conversations (id),
    label_id        BIGINT NOT NULL REFERENCES labels (id),
    added_at        BIGINT NOT NULL,
    added_by        BIGINT REFERENCES people (id),
    PRIMARY KEY (conversation_id, label_id)
);
CREATE INDEX conversation_labels_label ON conversation_labels (label_id, conversation_id);
