-- The rooms of platforms that keep no history of their own; see `bot/store/room.py`.

-- name: room_add_message(id, key, platform, chat_id, thread_id, ticket_id, author, content, quoted, reactions, at)$
INSERT INTO room_messages (
  id, revision, key, platform, chat_id, thread_id, ticket_id, author, content, quoted, reactions, edited, deleted,
  created_at
) VALUES (
  :id, :id, :key, :platform, :chat_id, :thread_id, CAST(:ticket_id AS BIGINT), :author, :content, :quoted, :reactions,
  0, 0, :at
) ON CONFLICT (key) DO NOTHING RETURNING id;

-- name: room_add_thread(platform, chat_id, thread_id, revision, title, at)!
INSERT INTO room_threads (platform, chat_id, thread_id, revision, title, closed, created_at)
VALUES (:platform, :chat_id, :thread_id, :revision, :title, 0, :at)
ON CONFLICT (platform, chat_id, thread_id) DO NOTHING;

-- name: room_edit_message(id, revision, content)$
UPDATE room_messages SET revision = :revision, content = :content, edited = 1
WHERE id = :id AND deleted = 0 RETURNING id;

-- name: room_set_reactions(id, revision, reactions)$
UPDATE room_messages SET revision = :revision, reactions = :reactions
WHERE id = :id AND deleted = 0 RETURNING id;

-- name: room_delete_message(id, revision, content, reactions)$
UPDATE room_messages SET revision = :revision, content = :content, quoted = '', reactions = :reactions, deleted = 1
WHERE id = :id RETURNING id;

-- name: room_set_closed(platform, chat_id, thread_id, revision, closed)$
UPDATE room_threads SET revision = :revision, closed = :closed
WHERE platform = :platform AND chat_id = :chat_id AND thread_id = :thread_id RETURNING revision;

-- name: room_find_message(key)
SELECT * FROM room_messages WHERE key = :key;

-- name: room_load_message(id)
SELECT * FROM room_messages WHERE id = :id;

-- name: room_messages_before(platform, chat_id, thread_id, before, rows)
SELECT * FROM room_messages
WHERE platform = :platform AND chat_id = :chat_id AND thread_id = :thread_id AND id < :before AND deleted = 0
ORDER BY id DESC LIMIT :rows;

-- name: room_changed_messages(platform, one, other, after, rows)
SELECT * FROM room_messages
WHERE platform = :platform AND chat_id IN (:one, :other) AND revision > :after
ORDER BY revision LIMIT :rows;

-- name: room_changed_threads(platform, one, other, after)
SELECT * FROM room_threads
WHERE platform = :platform AND chat_id IN (:one, :other) AND revision > :after ORDER BY revision;

-- name: room_load_thread(platform, chat_id, thread_id)
SELECT * FROM room_threads WHERE platform = :platform AND chat_id = :chat_id AND thread_id = :thread_id;

-- name: room_threads_of(platform, chat_id)
SELECT * FROM room_threads WHERE platform = :platform AND chat_id = :chat_id ORDER BY created_at, thread_id;

-- name: room_latest_of_threads(platform, chat_id)
SELECT * FROM room_messages WHERE id IN (
  SELECT MAX(id) FROM room_messages
  WHERE platform = :platform AND chat_id = :chat_id AND deleted = 0 GROUP BY thread_id
);

-- name: room_latest_revision()
SELECT MAX(revision) AS revision FROM (
  SELECT MAX(revision) AS revision FROM room_messages UNION ALL SELECT MAX(revision) AS revision FROM room_threads
) AS used;

-- name: room_counterparts(platform, chat_id, thread_id)
SELECT DISTINCT m.chat_id, m.thread_id FROM room_messages AS m
LEFT JOIN room_threads AS t ON t.platform = m.platform AND t.chat_id = m.chat_id AND t.thread_id = m.thread_id
WHERE m.platform = :platform AND COALESCE(t.closed, 0) = 0
AND NOT (m.chat_id = :chat_id AND m.thread_id = :thread_id)
AND m.ticket_id = (
  SELECT n.ticket_id FROM room_messages AS n
  WHERE n.platform = :platform AND n.chat_id = :chat_id AND n.thread_id = :thread_id AND n.ticket_id IS NOT NULL
  ORDER BY n.id DESC LIMIT 1
);
