-- What found no mask, as long as it would have had one: the need of a phone is what it has and this. `wanted_by` is the
-- reference of a pair, or the number of a conversation.
CREATE TABLE pool_refusals (
    phone     TEXT NOT NULL,
    wanted_by TEXT NOT NULL,
    until     BIGINT NOT NULL,
    PRIMARY KEY (phone, wanted_by)
);
CREATE INDEX pool_refusals_until ON pool_refusals (until);
