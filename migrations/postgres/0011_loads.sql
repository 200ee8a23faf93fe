-- How many open conversations each rep has, and how many of those wait, is counted wherever somebody is picked or could
-- be handed one: from this index alone, without a look at the conversations themselves.
DROP INDEX conversations_mine;
CREATE INDEX conversations_mine ON conversations (pinned_to, last_at, id, closed_at, waiting_since) WHERE closed_at IS NULL;

-- What nobody has, open or not, is what every rep of its line may find.
CREATE INDEX conversations_ownerless ON conversations (line_id, id) WHERE pinned_to IS NULL AND kind = 'support';
