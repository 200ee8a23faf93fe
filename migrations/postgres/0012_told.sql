-- What is told once of a text and a phone: about names both. Of everything else about is NULL.
ALTER TABLE api_events ADD COLUMN about TEXT;
CREATE UNIQUE INDEX api_events_about ON api_events (about, kind) WHERE about IS NOT NULL;
