-- A database that was given to another account at the carrier, by command: rows that nobody can change.
CREATE TABLE account_moves (
    id           BIGINT PRIMARY KEY,
    at           BIGINT NOT NULL,
    from_account TEXT NOT NULL,
    to_account   TEXT NOT NULL
);

CREATE TRIGGER account_moves_fixed BEFORE UPDATE OR DELETE ON account_moves FOR EACH ROW EXECUTE FUNCTION append_only();
