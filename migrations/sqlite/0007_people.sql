-- How people come in: invitations, and phones that are theirs once they have typed a code that was texted to them.
ALTER TABLE links ADD COLUMN kind TEXT NOT NULL DEFAULT 'sign_in' CHECK (kind IN ('sign_in', 'invitation', 'reset'));

-- The newest row of a person is the code that counts. ended_at: it was typed, or replaced, or tried too often.
CREATE TABLE phone_codes (
    id         INTEGER PRIMARY KEY,
    person_id  INTEGER NOT NULL REFERENCES people (id),
    phone      TEXT NOT NULL,
    code_hash  TEXT NOT NULL,
    sent_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    failures   INTEGER NOT NULL,
    ended_at   INTEGER
);
CREATE INDEX phone_codes_person ON phone_codes (person_id, sent_at);
CREATE INDEX phone_codes_phone ON phone_codes (phone, sent_at);
