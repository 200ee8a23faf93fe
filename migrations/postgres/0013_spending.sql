-- What was requested of the carrier on each day of UTC, in segments; written only where a day's most is set.
CREATE TABLE spending (
    day      BIGINT PRIMARY KEY,
    segments BIGINT NOT NULL
);
