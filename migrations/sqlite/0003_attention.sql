-- What waits for somebody's eyes: texts that whoever is responsible has not seen, texts that did not arrive, labels.
-- unread_from is the customer's first text that has not been seen; failed_at the newest failure that nobody has dealt with.
ALTER TABLE conversations ADD COLUMN unread_from INTEGER;
ALTER TABLE conversations ADD COLUMN failed_at INTEGER;
CREATE INDEX conversations_unread ON conversations (last_at) WHERE closed_at IS NULL AND unread_from IS NOT NULL;
CREATE INDEX conversations_failed ON conversations (failed_at) WHERE failed_at IS NOT NULL;
CREATE INDEX conversations_awaiting ON conversations (waiting_since) WHERE closed_at IS NULL AND waiting_since IS NOT NULL;

CREATE TABLE labels (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX labels_name ON labels (name);

CREATE TABLE conversation_labels (
    conversation_id INTEGER NOT NULL REFERENCES conversations (id),
    label_id        INTEGER NOT NULL REFERENCES labels (id),
    added_at        INTEGER NOT NULL,
    added_by        INTEGER REFERENCES people (id),
    PRIMARY KEY (conversation_id, label_id)
);
CREATE INDEX conversation_labels_label ON conversation_labels (label_id, conversation_id);
