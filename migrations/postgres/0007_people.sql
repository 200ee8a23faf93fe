-- How people come in: invitations, and phones that are theirs once they have typed a code that was texted to them.
ALTER TABLE links ADD COLUMN kind TEXT NOT NULL DEFAULT 'sign_in' CHECK (kind IN ('sign_in', 'invitation'));

CREATE TABLE phone_codes (
    person_id  BIGINT PRIMARY KEY REFERENCES people (id),
    phone      TEXT NOT NULL,
    code_hash  TEXT NOT NULL,
    sent_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    failures   BIGINT NOT NULL
);
