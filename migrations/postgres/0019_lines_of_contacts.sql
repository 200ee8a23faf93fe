-- The card of a customer is shown to reps of a line once the customer has texted that line: until then a conversation that
-- staff began shows the digits, or what whoever began it calls them.
ALTER TABLE conversations ADD COLUMN card_hidden BIGINT NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN called TEXT;
CREATE INDEX conversations_called ON conversations (id) WHERE card_hidden = 1 AND called IS NOT NULL;

-- A block that holds on one line. One that holds on every line stands with the customer.
CREATE TABLE line_blocks (
    customer_id BIGINT NOT NULL REFERENCES customers (id),
    line_id     BIGINT NOT NULL REFERENCES lines (id),
    blocked_at  BIGINT NOT NULL,
    blocked_by  BIGINT NOT NULL REFERENCES people (id),
    PRIMARY KEY (customer_id, line_id)
);

UPDATE conversations SET card_hidden = 1 WHERE kind = 'support' AND last_inbound_at IS NULL;

-- Who began conversations lately, so that one person begins no more than so many within an hour.
CREATE TABLE starts (
    id        BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES people (id),
    at        BIGINT NOT NULL
);
CREATE INDEX starts_of ON starts (person_id, at);

-- What is requested is counted by node, so that nodes do not wait for one row.
ALTER TABLE spending RENAME TO spending_of_days;
CREATE TABLE spending (
    day      BIGINT NOT NULL,
    node     BIGINT NOT NULL,
    segments BIGINT NOT NULL,
    PRIMARY KEY (day, node)
);
INSERT INTO spending (day, node, segments) SELECT day, 0, segments FROM spending_of_days;
DROP TABLE spending_of_days;
