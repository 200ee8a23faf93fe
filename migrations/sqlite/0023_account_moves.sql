-- A database that was given to another account at the carrier, by command: rows that nobody can change.
CREATE TABLE account_moves (
    id           INTEGER PRIMARY KEY,
    at           INTEGER NOT NULL,
    from_account TEXT NOT NULL,
    to_account   TEXT NOT NULL
);

CREATE TRIGGER account_moves_fixed BEFORE UPDATE ON account_moves
BEGIN SELECT RAISE(ABORT, 'account_moves is append-only'); END;
CREATE TRIGGER account_moves_kept BEFORE DELETE ON account_moves
BEGIN SELECT RAISE(ABORT, 'account_moves is append-only'); END;
