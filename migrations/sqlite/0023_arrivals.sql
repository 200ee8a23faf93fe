-- Texts to us that wait to be taken in: those found in the carrier's list, and those whose sender's earlier texts have to be
-- taken in first. has_media: 1 where the carrier is to be asked for their files. sent_at: by the carrier, where its list
-- showed the text; within one instant, place is the order. webhook: 1 if the carrier posted it.
CREATE TABLE arrivals (
    id INTEGER PRIMARY KEY,
    carrier_account TEXT NOT NULL,
    carrier_id TEXT NOT NULL,
    from_phone TEXT NOT NULL,
    to_number TEXT NOT NULL,
    body TEXT NOT NULL,
    media TEXT,
    has_media INTEGER NOT NULL,
    keyword TEXT,
    raw TEXT NOT NULL,
    webhook INTEGER NOT NULL,
    sent_at INTEGER,
    place INTEGER NOT NULL,
    arrived_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX arrivals_by_carrier ON arrivals (carrier_account, carrier_id);
CREATE INDEX arrivals_by_phone ON arrivals (from_phone);
CREATE INDEX arrivals_by_number ON arrivals (to_number);
