-- Messages that are changed or taken back after they were written, and rows that are changed or joined before they
-- leave. `original` is what was written first; `revision` counts the changes of a row that waits.

ALTER TABLE messages ADD COLUMN original TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN withdrawn_at BIGINT;
CREATE INDEX messages_source ON messages (source);

ALTER TABLE outbox ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN joined_to BIGINT;
CREATE INDEX outbox_message ON outbox (message_id);

ALTER TABLE tickets ADD COLUMN undelivered TEXT NOT NULL DEFAULT '';
