-- name: find_requester(platform, user_id)
SELECT requester_id FROM identities WHERE platform = :platform AND user_id = :user_id;

-- name: load_conversation(platform, chat_id)
SELECT c.state AS conversation_state, t.* FROM conversations AS c
LEFT JOIN tickets AS t ON t.id = c.ticket_id
WHERE c.platform = :platform AND c.chat_id = :chat_id;

-- name: load_ticket(id)
SELECT * FROM tickets WHERE id = :id;

-- name: find_ticket_by_thread(platform, chat_id, thread_id)
SELECT * FROM tickets
WHERE desk_platform = :platform AND desk_chat_id = :chat_id AND desk_thread_id = :thread_id;

-- name: find_ticket_by_message(platform, chat_id, message_id)
SELECT t.* FROM message_links AS l JOIN tickets AS t ON t.id = l.ticket_id
WHERE l.platform = :platform AND l.chat_id = :chat_id AND l.platform_message_id = :message_id
ORDER BY l.message_id DESC LIMIT 1;

-- name: tickets_of(requester_id)
SELECT * FROM tickets WHERE requester_id = :requester_id ORDER BY number DESC LIMIT 20;

-- name: load_message(id)
SELECT * FROM messages WHERE id = :id;

-- name: pending_internal_events()
SELECT id, kind, payload FROM internal_events ORDER BY id;

-- name: due_timers(now)
SELECT id, kind, ticket_id, due_at FROM timers WHERE due_at <= :now ORDER BY due_at LIMIT 100;

-- name: due_deliveries(now, rows)
SELECT o.id, o.payload, o.attempts, t.desk_platform, t.desk_chat_id, t.desk_thread_id FROM outbox AS o
LEFT JOIN tickets AS t ON t.id = o.ticket_id
WHERE o.state = 'queued' AND o.due_at <= :now AND NOT EXISTS (
  SELECT 1 FROM outbox AS earlier
  WHERE earlier.lane = o.lane AND earlier.id < o.id AND earlier.state IN ('queued', 'sending')
)
ORDER BY o.priority, o.id LIMIT :rows;

-- name: interrupted_deliveries()
SELECT o.id, o.payload, o.attempts, t.desk_platform, t.desk_chat_id, t.desk_thread_id FROM outbox AS o
LEFT JOIN tickets AS t ON t.id = o.ticket_id
WHERE o.state = 'sending' ORDER BY o.id;

-- name: next_due_at()
SELECT MIN(due_at) AS due_at FROM (
  SELECT MIN(due_at) AS due_at FROM outbox WHERE state = 'queued'
  UNION ALL
  SELECT MIN(due_at) AS due_at FROM timers
) AS waiting;

-- name: links_of(message_id)
SELECT * FROM message_links WHERE message_id = :message_id ORDER BY part;

-- name: load_cursor(name)
SELECT value FROM cursors WHERE name = :name;

-- name: highest_id()
SELECT MAX(id) AS id FROM (
  SELECT MAX(id) AS id FROM outbox UNION ALL SELECT MAX(id) AS id FROM messages
  UNION ALL SELECT MAX(id) AS id FROM tickets UNION ALL SELECT MAX(id) AS id FROM conversations
  UNION ALL SELECT MAX(card_id) AS id FROM tickets
  UNION ALL SELECT MAX(id) AS id FROM internal_events UNION ALL SELECT MAX(id) AS id FROM timers
  UNION ALL SELECT MAX(revision) AS id FROM room_messages
  UNION ALL SELECT MAX(revision) AS id FROM room_threads
) AS used;
