-- What agents send to requesters can be stopped: who did that and since when, in the one row of `freezes`, and what of
-- the outbox it concerns (2: words, 1: taking some back, 0: not an agent's). Agents' words go into chats without a thread.

CREATE TABLE freezes (
  id BIGINT PRIMARY KEY,
  agent TEXT NOT NULL,
  since BIGINT
);
INSERT INTO freezes (id, agent) VALUES (1, '');

ALTER TABLE outbox ADD COLUMN staff_part BIGINT NOT NULL DEFAULT 0;
UPDATE outbox SET staff_part = CASE kind WHEN 'delete' THEN 1 ELSE 2 END
WHERE state IN ('queued', 'sending', 'failed') AND lane LIKE '%:' AND payload LIKE '%"origin":{%';
