-- name: find_requester(platform, user_id)
SELECT requester_id FROM identities WHERE platform = :platform AND user_id = :user_id;

-- name: load_conversation(platform, chat_id)
SELECT c.state AS conversation_state, i.account_id, i.verified_until, i.wrong_codes, i.wrong_since, t.*
FROM conversations AS c
LEFT JOIN identities AS i ON i.requester_id = c.requester_id AND i.platform = c.platform
LEFT JOIN tickets AS t ON t.id = c.ticket_id
WHERE c.platform = :platform AND c.chat_id = :chat_id;

-- name: find_account_code(use)
SELECT use FROM account_codes WHERE use = :use;

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

-- name: tickets_with(assignee_id)
SELECT * FROM tickets WHERE assignee_id = :assignee_id AND status IN ('new', 'open', 'pending', 'on_hold') ORDER BY id;

-- name: waiting(platform, chat_id)
SELECT id, number, requester_id, team, language, priority, COALESCE(waiting_since, created_at) AS since FROM tickets
WHERE desk_platform = :platform AND desk_chat_id = :chat_id AND assignee IS NULL AND status IN ('new', 'open');

-- name: shifts(platform, chat_id)
SELECT a.platform, a.user_id, a.name, d.standing, a.duty, a.capacity, a.languages, a.teams, a.since, a.seen_at, (
  SELECT COUNT(*) FROM tickets AS t
  WHERE t.assignee_id = a.platform || ':' || a.user_id AND t.status IN ('new', 'open')
) AS busy
FROM agent_desks AS d JOIN agents AS a ON a.platform = d.platform AND a.user_id = d.user_id
WHERE d.platform = :platform AND d.chat_id = :chat_id ORDER BY a.since, a.user_id;

-- name: shift(platform, user_id)
SELECT a.*, (
  SELECT COUNT(*) FROM tickets AS t
  WHERE t.assignee_id = a.platform || ':' || a.user_id AND t.status IN ('new', 'open')
) AS busy
FROM agents AS a WHERE a.platform = :platform AND a.user_id = :user_id;

-- name: waited(team, since, rows)
-- The newest first answers of a team, in open time.
SELECT waited FROM tickets WHERE team = :team AND first_response_at >= :since AND waited IS NOT NULL
ORDER BY first_response_at DESC LIMIT :rows;

-- name: load_message(id)
SELECT * FROM messages WHERE id = :id;

-- name: said_in(ticket_id)
SELECT * FROM messages WHERE ticket_id = :ticket_id AND kind IN ('requester', 'agent') ORDER BY id DESC LIMIT 20;

-- name: audited(agent_id, since)
SELECT act, created_at FROM audit WHERE agent_id = :agent_id AND created_at > :since ORDER BY created_at;

-- name: talk_of(ticket_id)
SELECT * FROM messages WHERE ticket_id = :ticket_id AND kind IN ('requester', 'agent', 'note') ORDER BY id DESC LIMIT 20;

-- name: find_former_ticket(platform, chat_id, thread_id)
SELECT t.* FROM former_threads AS f JOIN tickets AS t ON t.id = f.ticket_id
WHERE f.platform = :platform AND f.chat_id = :chat_id AND f.thread_id = :thread_id;

-- name: crossing(ticket_id, author, since, platform, chat_id, priority)
-- What an agent may not have seen when they answered: a colleague's answer, words still on their way to the desk.
SELECT
  EXISTS (
    SELECT 1 FROM messages
    WHERE ticket_id = :ticket_id AND kind = 'agent' AND author <> :author AND created_at >= :since
  ) AS answered,
  EXISTS (
    SELECT 1 FROM outbox
    WHERE ticket_id = :ticket_id AND platform = :platform AND chat_id = :chat_id
      AND priority = :priority AND kind = 'send' AND state IN ('queued', 'sending')
  ) AS unseen;

-- name: find_message(source, platform, chat_id, message_id)
-- What somebody wrote there themselves, or what our message there shows.
SELECT m.* FROM messages AS m WHERE m.id = (
  SELECT MIN(id) FROM (
    SELECT id FROM messages WHERE source = :source
    UNION ALL
    SELECT message_id AS id FROM message_links
    WHERE platform = :platform AND chat_id = :chat_id AND platform_message_id = :message_id
  ) AS found
);

-- name: latest_messages(requester_id, rows)
SELECT * FROM messages WHERE requester_id = :requester_id AND kind = 'requester' ORDER BY id DESC LIMIT :rows;

-- name: pending_internal_events()
SELECT id, kind, ticket_id, payload FROM internal_events ORDER BY id;

-- name: due_timers(now)
SELECT id, kind, ticket_id, due_at FROM timers WHERE due_at <= :now AND ticket_id IS NOT NULL ORDER BY due_at LIMIT 100;

-- name: due_look_ups(now, rows)
SELECT id, ticket_id, query, attempts FROM lookups WHERE due_at <= :now ORDER BY due_at, id LIMIT :rows;

-- name: waiting_crowds()
-- Each is found by a step in the index, however many rows there are between them. The last one is empty.
WITH RECURSIVE crowds AS (
  SELECT MIN(crowd) AS crowd FROM outbox WHERE state = 'queued'
  UNION ALL
  SELECT (SELECT MIN(further.crowd) FROM outbox AS further WHERE further.state = 'queued' AND further.crowd > crowds.crowd)
  FROM crowds WHERE crowds.crowd IS NOT NULL
)
SELECT crowd FROM crowds;

-- name: due_deliveries(crowd, now, least, most, rows)
-- The heads of lanes, read from the index in their order until there are enough. Words that are frozen hold up nobody but
-- what takes them back.
SELECT o.id, o.payload, o.attempts, o.revision, t.desk_platform, t.desk_chat_id, t.desk_thread_id FROM (
  SELECT * FROM outbox AS waiting
  WHERE state = 'queued' AND crowd = :crowd AND priority >= :least AND due_at <= :now AND staff_part <= :most
  AND NOT EXISTS (
    SELECT 1 FROM outbox AS earlier
    WHERE earlier.lane = waiting.lane AND earlier.id < waiting.id AND earlier.state IN ('queued', 'sending')
    AND (earlier.staff_part <= :most OR waiting.staff_part > 0)
  )
  ORDER BY priority, id LIMIT :rows
) AS o
LEFT JOIN tickets AS t ON t.id = o.ticket_id
ORDER BY o.priority, o.id;

-- name: overdue_crowds(before, most)
SELECT DISTINCT crowd FROM outbox WHERE state = 'queued' AND due_at <= :before AND staff_part <= :most;

-- name: load_freeze()
SELECT agent, since FROM freezes WHERE id = 1 AND since IS NOT NULL;

-- name: interrupted_deliveries()
SELECT o.id, o.payload, o.attempts, o.revision, t.desk_platform, t.desk_chat_id, t.desk_thread_id FROM outbox AS o
LEFT JOIN tickets AS t ON t.id = o.ticket_id
WHERE o.state IN ('queued', 'sending') AND (o.state = 'sending' OR o.error = 'interrupted') ORDER BY o.id;

-- name: deliveries_since(platform, chat_id, ticket_id, since)
SELECT id, payload FROM outbox
WHERE id > :since AND ((platform = :platform AND chat_id = :chat_id) OR ticket_id = CAST(:ticket_id AS BIGINT))
ORDER BY id;

-- name: followers_of(id, rows)
SELECT o.id, o.payload, o.attempts, o.revision, t.desk_platform, t.desk_chat_id, t.desk_thread_id FROM outbox AS o
LEFT JOIN tickets AS t ON t.id = o.ticket_id
WHERE o.lane = (SELECT lane FROM outbox WHERE id = :id) AND o.id > :id AND o.state IN ('queued', 'sending') ORDER BY o.id LIMIT :rows;

-- name: deliveries_of(message_id)
-- The rows that show a message, also as a part of another row; not the later edits of it.
SELECT id, payload, state FROM outbox WHERE kind = 'send' AND id IN (
  SELECT COALESCE(joined_to, id) FROM outbox WHERE message_id = :message_id
) ORDER BY id;

-- name: list_aside(wanted)
SELECT * FROM set_aside WHERE is_wanted >= :wanted ORDER BY id;

-- name: backlog_of(platform, chat_id, now)
SELECT COUNT(*) AS waiting, MIN(id) AS oldest FROM outbox
WHERE state = 'queued' AND platform = :platform AND chat_id = :chat_id AND due_at <= :now;

-- name: next_due_at(now)
SELECT MIN(due_at) AS due_at FROM (
  SELECT MIN(due_at) AS due_at FROM outbox WHERE state = 'queued' AND due_at > :now
  UNION ALL
  SELECT MIN(due_at) AS due_at FROM timers
  UNION ALL
  SELECT MIN(due_at) AS due_at FROM lookups WHERE due_at > :now
) AS waiting;

-- name: links_of(message_id)
SELECT * FROM message_links WHERE message_id = :message_id ORDER BY part;

-- name: load_cursor(name)
SELECT value FROM cursors WHERE name = :name;

-- name: outbox_counts()
SELECT COUNT(CASE WHEN state IN ('queued', 'sending') THEN 1 END) AS waiting,
  MIN(CASE WHEN state IN ('queued', 'sending') THEN id END) AS oldest,
  COUNT(CASE WHEN state = 'failed' THEN 1 END) AS failed
FROM outbox WHERE state IN ('queued', 'sending', 'failed');

-- name: card_of(ticket_id)
-- The latest row that shows the ticket's card, whatever became of it.
SELECT o.id, o.payload FROM tickets AS t JOIN outbox AS o ON o.message_id = t.card_id
WHERE t.id = :ticket_id AND o.kind IN ('open_thread', 'edit') ORDER BY o.id DESC LIMIT 1;

-- name: open_threads(platform, chat_id)
SELECT desk_thread_id AS thread_id FROM tickets
WHERE desk_platform = :platform AND desk_chat_id = :chat_id AND desk_thread_id <> '' AND status <> 'closed'
ORDER BY id DESC;

-- name: active_chats(platform, since)
SELECT chat_id FROM conversations WHERE platform = :platform AND updated_at >= :since ORDER BY updated_at DESC;

-- name: highest_id()
SELECT MAX(id) AS id FROM (
  SELECT MAX(id) AS id FROM requesters UNION ALL SELECT MAX(id) AS id FROM audit
  UNION ALL SELECT MAX(id) AS id FROM answer_feedback UNION ALL SELECT MAX(id) AS id FROM unanswered
  UNION ALL SELECT MAX(id) AS id FROM set_aside UNION ALL SELECT MAX(id) AS id FROM data_requests
  UNION ALL SELECT MAX(id) AS id FROM outbox UNION ALL SELECT MAX(id) AS id FROM messages
  UNION ALL SELECT MAX(id) AS id FROM tickets UNION ALL SELECT MAX(id) AS id FROM conversations
  UNION ALL SELECT MAX(card_id) AS id FROM tickets
  UNION ALL SELECT MAX(id) AS id FROM internal_events UNION ALL SELECT MAX(id) AS id FROM timers
  UNION ALL SELECT MAX(id) AS id FROM lookups
  UNION ALL SELECT MAX(revision) AS id FROM room_messages
  UNION ALL SELECT MAX(revision) AS id FROM room_threads
) AS used;
