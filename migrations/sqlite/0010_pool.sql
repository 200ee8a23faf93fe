-- The pool looks after itself: masks come by orders and go by draining, and daily peaks say how many are needed.
-- state_at: since when a number has its state; empty while it has the first one. price: hundredths a month, as ordered.
ALTER TABLE numbers ADD COLUMN state_at INTEGER;
ALTER TABLE numbers ADD COLUMN price INTEGER;
ALTER TABLE numbers ADD COLUMN release_tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE numbers ADD COLUMN release_due_at INTEGER;
ALTER TABLE numbers ADD COLUMN release_why TEXT;

-- One row a mask that is wanted. The number is written down before the carrier is asked for it, and asked_at before each
-- time, so that a lost answer is looked up and nothing is bought twice. actor_id: who ordered; nobody on the command line
-- and in automatic mode.
CREATE TABLE pool_orders (
    id         INTEGER PRIMARY KEY,
    country    TEXT NOT NULL,
    price      INTEGER NOT NULL,
    origin     TEXT NOT NULL CHECK (origin IN ('person', 'operator', 'automatic')),
    actor_id   INTEGER REFERENCES people (id),
    state      TEXT NOT NULL CHECK (state IN ('open', 'bought', 'failed')),
    number     TEXT,
    ordered_at INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    asked_at   INTEGER,
    tries      INTEGER NOT NULL,
    ended_at   INTEGER,
    why        TEXT
);
CREATE INDEX pool_orders_open ON pool_orders (id) WHERE state = 'open';
CREATE UNIQUE INDEX pool_orders_number ON pool_orders (number) WHERE state = 'open' AND number IS NOT NULL;

-- By day (since 1970, UTC) and country: the most masks that one phone had live or at rest, and the last measurement.
-- low: so few were left for that phone then that people should know.
CREATE TABLE pool_peaks (
    day         INTEGER NOT NULL,
    country     TEXT NOT NULL,
    peak        INTEGER NOT NULL,
    latest      INTEGER NOT NULL,
    phones      INTEGER NOT NULL,
    taken       INTEGER NOT NULL,
    masks       INTEGER NOT NULL,
    low         INTEGER NOT NULL,
    measured_at INTEGER NOT NULL,
    PRIMARY KEY (day, country)
);
