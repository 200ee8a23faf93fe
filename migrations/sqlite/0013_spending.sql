-- What was requested of the carrier on each day of UTC, in segments; written only where a day's most is set.
CREATE TABLE spending (
    day      INTEGER PRIMARY KEY,
    segments INTEGER NOT NULL
);
