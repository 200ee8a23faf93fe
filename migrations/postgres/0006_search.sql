-- Finding again what was said.
CREATE TABLE saved_searches (
    id         BIGINT PRIMARY KEY,
    person_id  BIGINT NOT NULL REFERENCES people (id),
    name       TEXT NOT NULL,
    query      TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX saved_searches_name ON saved_searches (person_id, name);

-- The messages that have a word, with their conversations, in pieces of less than a kilobyte; first is a piece's oldest
-- message. What is read from here is decided in the program, so that both databases find the same.
CREATE TABLE postings (
    word  TEXT COLLATE "C" NOT NULL,
    first BIGINT NOT NULL,
    list  BYTEA NOT NULL,
    PRIMARY KEY (word, first)
);

-- Who ever had a conversation, or said something in it.
CREATE TABLE conversation_people (
    person_id       BIGINT NOT NULL REFERENCES people (id),
    conversation_id BIGINT NOT NULL REFERENCES conversations (id),
    PRIMARY KEY (person_id, conversation_id)
);

-- Customers by the words of their names, and, after a #, by the digits of their numbers from the last to the first.
-- indexed_as is the name that stands here now.
CREATE TABLE customer_words (
    word        TEXT COLLATE "C" NOT NULL,
    customer_id BIGINT NOT NULL REFERENCES customers (id),
    PRIMARY KEY (word, customer_id)
);
CREATE INDEX customer_words_customer ON customer_words (customer_id);
ALTER TABLE customers ADD COLUMN indexed_as TEXT;
CREATE INDEX customers_unindexed ON customers (id) WHERE COALESCE(name, '') IS DISTINCT FROM indexed_as;

CREATE INDEX conversations_pinned ON conversations (pinned_to, id) WHERE pinned_to IS NOT NULL;
CREATE INDEX deliveries_failed ON deliveries (message_id) WHERE person_id IS NULL AND message_id IS NOT NULL
    AND state IN ('undelivered', 'failed', 'suppressed', 'expired', 'parked', 'dead');
