-- Who has which masks is read in short pieces, by phone, and whether anybody has a mask without reading all legs:
-- a long read keeps SQLite's log from being moved, and in the end whoever writes waits for it.
DROP INDEX legs_resting;
CREATE INDEX legs_resting ON legs (phone, number_id, rests_until) WHERE rests_until IS NOT NULL;
CREATE INDEX legs_mask_resting ON legs (number_id, rests_until) WHERE rests_until IS NOT NULL;
CREATE INDEX legs_mask_live ON legs (number_id, ended_at) WHERE ended_at IS NULL;
