-- Threads that tickets have left for another one; and a ticket's rows keep their order wherever its thread is.

CREATE TABLE former_threads (
  platform TEXT NOT NULL,
  chat_id TEXT NOT NULL,
  thread_id TEXT NOT NULL,
  ticket_id BIGINT NOT NULL,
  PRIMARY KEY (platform, chat_id, thread_id)
);

UPDATE outbox SET lane = 'ticket:' || ticket_id WHERE state IN ('queued', 'sending') AND lane LIKE '%:ticket:%';
