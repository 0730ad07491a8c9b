-- What one person has, and which tickets are old enough, is found without passing over all the others.

CREATE INDEX conversations_requester ON conversations (requester_id);
CREATE INDEX outbox_loose_chat ON outbox (chat_id) WHERE ticket_id IS NULL;
CREATE INDEX tickets_aging ON tickets ((COALESCE(solved_at, created_at)))
WHERE erased_at IS NULL AND legal_hold = 0 AND status IN ('solved', 'closed');

-- Named by its whole condition, it is taken before the one for a ticket's messages, and in the order of ids.
DROP INDEX messages_loose;
CREATE INDEX messages_loose ON messages (ticket_id, id) WHERE ticket_id IS NULL;
