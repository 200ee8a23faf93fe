-- When a request began by the carrier's clock; NULL where nobody knew then how far that is from ours. What the carrier lists is
-- held against this: it stays right when our clock is set.
ALTER TABLE attempts ADD COLUMN began_there INTEGER;

-- At most one row: by how many microseconds the carrier's clock is ahead of ours, when that was written, and since when they
-- are so far apart that people are told.
CREATE TABLE carrier_clock (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    ahead     INTEGER NOT NULL,
    noted_at  INTEGER NOT NULL,
    off_since INTEGER
);

-- At most one row: the carrier cannot be reached, so texts wait. It is asked something small at probe_at; once it answers that,
-- trial is 1: one text is tried. probes: how many were.
CREATE TABLE carrier_outage (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    since    INTEGER NOT NULL,
    why      TEXT NOT NULL,
    trial    INTEGER NOT NULL,
    probes   INTEGER NOT NULL,
    probe_at INTEGER NOT NULL
);
