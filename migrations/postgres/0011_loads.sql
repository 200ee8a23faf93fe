-- What a rep has open is little: one index in the order of the list has all that a view or a count asks of it, so that
-- neither looks at the conversations themselves, and a text changes one index where it changed three.
DROP INDEX conversations_mine;
DROP INDEX conversations_unread_of;
DROP INDEX conversations_awaiting_of;
CREATE INDEX conversations_mine ON conversations
    (pinned_to, last_at, id, closed_at, snoozed_until, unread_from, waiting_since, line_id) WHERE closed_at IS NULL;

-- Every question that went by it names a line or a rep.
DROP INDEX conversations_open;

-- What nobody has, open or not, is what every rep of its line may find.
CREATE INDEX conversations_ownerless ON conversations (line_id, id) WHERE pinned_to IS NULL AND kind = 'support';
