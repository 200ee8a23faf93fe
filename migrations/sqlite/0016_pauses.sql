-- A number that the carrier refuses to send from is judged by itself, tries again by itself and goes on by itself.
-- pause_scope: the number alone, or with all others because of the account. probes, probed_at, probe_at: how often it was
-- tried since it was paused, when last, and when it is tried next. suspect: a refusal stands against it.
ALTER TABLE numbers ADD COLUMN pause_scope TEXT CHECK (pause_scope IN ('number', 'account'));
ALTER TABLE numbers ADD COLUMN probes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE numbers ADD COLUMN probed_at INTEGER;
ALTER TABLE numbers ADD COLUMN probe_at INTEGER;
ALTER TABLE numbers ADD COLUMN suspect INTEGER NOT NULL DEFAULT 0;
UPDATE numbers SET pause_scope = 'number', probed_at = paused_at, probe_at = paused_at WHERE paused_at IS NOT NULL;
CREATE INDEX numbers_paused ON numbers (id) WHERE paused_at IS NOT NULL;

-- Phones to which the carrier would not send from one of our numbers, for a reason that may be the number's. counts: it
-- stands against the number, because nothing has gone out from it since.
CREATE TABLE sender_refusals (
    number_id INTEGER NOT NULL REFERENCES numbers (id),
    phone     TEXT NOT NULL,
    last_at   INTEGER NOT NULL,
    tries     INTEGER NOT NULL,
    counts    INTEGER NOT NULL,
    PRIMARY KEY (number_id, phone)
);

-- At most one row: the carrier refuses the whole account.
CREATE TABLE account_pause (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    since     INTEGER NOT NULL,
    why       TEXT NOT NULL,
    probes    INTEGER NOT NULL,
    probe_at  INTEGER NOT NULL
);
