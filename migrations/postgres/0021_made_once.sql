-- What a request with an Idempotency-Key made, written in the transaction that made it: after a crash the request is known to
-- have taken effect. made_new: 0 if it was there before.
ALTER TABLE idempotency_keys ADD COLUMN made_id BIGINT;
ALTER TABLE idempotency_keys ADD COLUMN made_new BIGINT;
