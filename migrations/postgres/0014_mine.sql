-- Nobody has a pair: what nobody has is not looked for among all open pairs.
DROP INDEX conversations_mine;
CREATE INDEX conversations_mine ON conversations
    (pinned_to, last_at, id, closed_at, snoozed_until, unread_from, waiting_since, line_id)
    WHERE closed_at IS NULL AND pinned_to IS NOT NULL;
