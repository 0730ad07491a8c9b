-- What people ask for about what is kept of them, what is taken out, and what has been kept long enough; see
-- `bot/store/archive.py` for the reads. The writes are named like the classes of `bot/forgetting.py`.

-- name: add_data_request(id, requester_id, kind, state, platform, chat_id, language, created_at, due_at)$
INSERT INTO data_requests (id, requester_id, kind, state, platform, chat_id, language, created_at, due_at)
VALUES (:id, :requester_id, :kind, :state, :platform, :chat_id, :language, :created_at, :due_at)
ON CONFLICT (requester_id, kind) WHERE settled_at IS NULL DO NOTHING RETURNING id;

-- name: cancel_data_request(requester_id, kind, at)!
UPDATE data_requests SET state = 'cancelled', settled_at = :at, chat_id = ''
WHERE requester_id = :requester_id AND kind = :kind AND state = 'waiting';

-- name: await_removal(id, first_row, last_row)!
UPDATE data_requests SET state = 'removing', first_row = :first_row, last_row = :last_row WHERE id = :id;

-- name: settle_data_request(id, state, at)!
UPDATE data_requests SET state = :state, settled_at = :at, chat_id = '' WHERE id = :id;

-- name: add_requester_timer(id, kind, requester_id, due_at)!
INSERT INTO timers (id, kind, requester_id, due_at) VALUES (:id, :kind, :requester_id, :due_at)
ON CONFLICT (kind, requester_id) DO UPDATE SET id = excluded.id, due_at = excluded.due_at;

-- name: drop_requester_timer(requester_id, kind)!
DELETE FROM timers WHERE requester_id = :requester_id AND kind = :kind;

-- name: erase_messages_of_ticket(id)!
DELETE FROM messages WHERE ticket_id = :id;

-- name: erase_links_of_ticket(id)!
-- The card stays where it is, with nothing personal on it.
DELETE FROM message_links WHERE ticket_id = :id AND message_id <> (SELECT card_id FROM tickets WHERE id = :id);

-- name: erase_ticket(id, status, requester, requester_chat_id, answers, undelivered, waiting_since, erased_at)!
UPDATE tickets SET status = :status, requester = :requester, requester_chat_id = :requester_chat_id,
  answers = :answers, undelivered = :undelivered, waiting_since = :waiting_since, account = '', facts = '',
  erased_at = :erased_at
WHERE id = :id;

-- name: erase_look_ups_of_ticket(id)!
DELETE FROM lookups WHERE ticket_id = :id;

-- name: erase_room_title(id)!
-- A thread's name holds its requester's; where the room is ours, its number is left.
UPDATE room_threads SET title = (SELECT '#' || number FROM tickets WHERE id = :id) WHERE EXISTS (
  SELECT 1 FROM tickets AS t WHERE t.id = :id AND t.desk_platform = room_threads.platform
  AND t.desk_chat_id = room_threads.chat_id AND t.desk_thread_id = room_threads.thread_id AND t.desk_thread_id <> ''
);

-- name: erase_messages_of(requester_id)!
DELETE FROM messages WHERE requester_id = :requester_id;

-- name: erase_unanswered_of(requester_id)!
DELETE FROM unanswered WHERE requester_id = :requester_id;

-- name: erase_aside_of(requester_id)!
DELETE FROM set_aside WHERE requester_id = :requester_id;

-- name: erase_conversations_of(requester_id)!
DELETE FROM conversations WHERE requester_id = :requester_id;

-- name: erase_identities_of(requester_id)!
DELETE FROM identities WHERE requester_id = :requester_id;

-- name: erase_links_of_chat(platform, chat_id)!
DELETE FROM message_links WHERE platform = :platform AND chat_id = :chat_id;

-- name: erase_room_chat(platform, chat_id, content)!
UPDATE room_messages SET content = :content, quoted = '', author = '', deleted = 1
WHERE platform = :platform AND chat_id = :chat_id;

-- name: drop_delivery(id)!
DELETE FROM outbox WHERE id = :id AND state <> 'sending';

-- name: drop_message(id)!
DELETE FROM messages WHERE id = :id;

-- name: drop_unanswered(id)!
DELETE FROM unanswered WHERE id = :id;

-- name: drop_seen(key)!
DELETE FROM events_seen WHERE key = :key;

-- name: drop_audit(id)!
DELETE FROM audit WHERE id = :id;

-- name: accounts_of(requester_id)
SELECT * FROM identities WHERE requester_id = :requester_id ORDER BY created_at, platform;

-- name: conversations_of(requester_id)
SELECT id, state AS conversation_state FROM conversations WHERE requester_id = :requester_id ORDER BY updated_at DESC;

-- name: every_ticket_of(requester_id)
SELECT * FROM tickets WHERE requester_id = :requester_id ORDER BY number;

-- name: messages_of(requester_id)
-- An agent's words count as delivered once the requester's chat has them.
SELECT m.*, CASE WHEN EXISTS (
  SELECT 1 FROM message_links AS l WHERE l.message_id = m.id AND l.platform = t.requester_platform AND l.chat_id = t.requester_chat_id
) THEN 1 ELSE 0 END AS is_delivered
FROM messages AS m LEFT JOIN tickets AS t ON t.id = m.ticket_id
WHERE m.requester_id = :requester_id ORDER BY m.id;

-- name: open_data_request(requester_id, kind)
SELECT * FROM data_requests WHERE requester_id = :requester_id AND kind = :kind AND settled_at IS NULL;

-- name: due_requests(now)
SELECT id, kind, requester_id, due_at FROM timers
WHERE due_at <= :now AND requester_id IS NOT NULL ORDER BY due_at LIMIT 100;

-- name: shown_of(ticket_id)
-- What the bot has put into the staff chat for the ticket, but for the card.
SELECT l.* FROM message_links AS l JOIN tickets AS t ON t.id = l.ticket_id
WHERE l.ticket_id = :ticket_id AND l.message_id <> t.card_id AND l.platform = t.desk_platform AND l.chat_id = t.desk_chat_id
ORDER BY l.message_id, l.part;

-- name: written_of(ticket_id)
SELECT source FROM messages WHERE ticket_id = :ticket_id AND kind <> 'requester' AND source IS NOT NULL ORDER BY id;

-- name: deliveries_about(requester_id)
-- A deletion that waits stays: it takes something out.
SELECT id, state FROM (
  SELECT o.id, o.state, o.kind FROM tickets AS t JOIN outbox AS o ON o.ticket_id = t.id
  WHERE t.requester_id = :requester_id
  UNION ALL
  SELECT o.id, o.state, o.kind FROM conversations AS c
  JOIN outbox AS o ON o.chat_id = c.chat_id AND o.platform = c.platform AND o.ticket_id IS NULL
  WHERE c.requester_id = :requester_id
) AS about WHERE NOT (kind = 'delete' AND state IN ('queued', 'sending')) ORDER BY id;

-- name: deliveries_of_ticket(ticket_id)
SELECT id, state FROM outbox WHERE ticket_id = :ticket_id AND NOT (kind = 'delete' AND state IN ('queued', 'sending'))
ORDER BY id;

-- name: removals(first_row, last_row)
SELECT state, COUNT(*) AS rows FROM outbox WHERE id BETWEEN :first_row AND :last_row GROUP BY state;

-- name: aged_tickets(before, rows)
SELECT id FROM tickets
WHERE status IN ('solved', 'closed') AND legal_hold = 0 AND erased_at IS NULL AND COALESCE(solved_at, created_at) < :before
ORDER BY COALESCE(solved_at, created_at) LIMIT :rows;

-- name: aged_messages(below, rows)
SELECT id FROM messages WHERE ticket_id IS NULL AND id < :below ORDER BY id LIMIT :rows;

-- name: aged_deliveries(below, rows)
SELECT id FROM outbox WHERE ticket_id IS NULL AND id < :below AND state NOT IN ('queued', 'sending')
ORDER BY id LIMIT :rows;

-- name: aged_unanswered(below, rows)
SELECT id FROM unanswered WHERE id < :below ORDER BY id LIMIT :rows;

-- name: aged_aside(below, rows)
SELECT id FROM set_aside WHERE id < :below ORDER BY id LIMIT :rows;

-- name: aged_requesters(before, rows)
SELECT DISTINCT c.requester_id AS id FROM conversations AS c
WHERE c.updated_at < :before
AND NOT EXISTS (SELECT 1 FROM conversations AS n WHERE n.requester_id = c.requester_id AND n.updated_at >= :before)
AND NOT EXISTS (SELECT 1 FROM tickets AS t WHERE t.requester_id = c.requester_id AND t.erased_at IS NULL)
ORDER BY c.requester_id LIMIT :rows;

-- name: aged_seen(before, rows)
SELECT key AS id FROM events_seen WHERE at < :before ORDER BY at LIMIT :rows;

-- name: aged_audit(below, rows)
SELECT id FROM audit WHERE id < :below ORDER BY id LIMIT :rows;
