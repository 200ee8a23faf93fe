-- The browsers in which somebody has signed in before: strangers who guess elsewhere do not keep them out.
CREATE TABLE devices (
    token_hash TEXT NOT NULL,
    person_id  INTEGER NOT NULL REFERENCES people (id),
    seen_at    INTEGER NOT NULL,
    PRIMARY KEY (token_hash, person_id)
);
CREATE INDEX devices_person ON devices (person_id, seen_at);

-- Who came in and went out, and by which door. `origin` is a keyed hash of the network address.
CREATE TABLE sign_ins (
    id        INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,
    person_id INTEGER NOT NULL REFERENCES people (id),
    kind      TEXT NOT NULL CHECK (kind IN ('signed_in', 'signed_out')),
    how       TEXT NOT NULL,
    origin    TEXT NOT NULL,
    device    TEXT NOT NULL CHECK (device IN ('known', 'new', ''))
);

-- Who was not let in, counted by hour, account and origin, so that whoever guesses cannot fill the disk. `person_id` is 0
-- for an address that is nobody's.
CREATE TABLE sign_in_refusals (
    hour      INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    origin    TEXT NOT NULL,
    kind      TEXT NOT NULL CHECK (kind IN ('wrong', 'too_soon')),
    total     INTEGER NOT NULL,
    last_at   INTEGER NOT NULL,
    PRIMARY KEY (hour, person_id, origin, kind)
);

-- Old failures are forgotten by their age alone.
CREATE INDEX sign_in_failures_at ON sign_in_failures (at);

CREATE TRIGGER sign_ins_fixed BEFORE UPDATE ON sign_ins BEGIN SELECT RAISE(ABORT, 'sign_ins is append-only'); END;
CREATE TRIGGER sign_ins_kept BEFORE DELETE ON sign_ins BEGIN SELECT RAISE(ABORT, 'sign_ins is append-only'); END;

-- What commands changed, by whoever may run them on the machine: nobody of the house did it.
CREATE TABLE command_acts (
    id        INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    person_id INTEGER REFERENCES people (id),
    data      TEXT NOT NULL
);
CREATE TRIGGER command_acts_fixed BEFORE UPDATE ON command_acts BEGIN SELECT RAISE(ABORT, 'command_acts is append-only'); END;
CREATE TRIGGER command_acts_kept BEFORE DELETE ON command_acts BEGIN SELECT RAISE(ABORT, 'command_acts is append-only'); END;
