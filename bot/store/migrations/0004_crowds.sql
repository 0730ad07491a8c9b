-- Rows that use the same budget of a platform wait in one crowd, in the order in which they leave.

ALTER TABLE outbox ADD COLUMN crowd TEXT NOT NULL DEFAULT '';
UPDATE outbox SET crowd = CASE
  WHEN kind NOT IN ('send', 'edit', 'open_thread') THEN platform || ':signs'
  WHEN lane LIKE '%:' THEN platform || ':people'
  ELSE platform || ':chat:' || chat_id
END WHERE state IN ('queued', 'sending', 'failed');
CREATE INDEX outbox_crowd ON outbox (crowd, priority, id) WHERE state = 'queued';
