-- Tickets that were open before there were clocks get theirs at once: a timer that is due begins them.

INSERT INTO timers (id, kind, ticket_id, due_at)
SELECT id, 'clocks', id, 0 FROM tickets
WHERE status IN ('new', 'open', 'pending', 'on_hold') AND timing = ''
ON CONFLICT (kind, ticket_id) DO NOTHING;
