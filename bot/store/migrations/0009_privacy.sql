-- What people can ask for about what is kept of them, and what ends how long it is kept. A timer is about a ticket or
-- about a requester; the same uniqueness holds for either, since an empty column equals nothing.

ALTER TABLE tickets ADD COLUMN legal_hold BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN erased_at BIGINT;
ALTER TABLE set_aside ADD COLUMN requester_id BIGINT;

CREATE TABLE data_requests (
  id BIGINT PRIMARY KEY,
  requester_id BIGINT NOT NULL REFERENCES requesters (id),
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  platform TEXT NOT NULL,
  chat_id TEXT NOT NULL,
  language TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  first_row BIGINT NOT NULL DEFAULT 0,
  last_row BIGINT NOT NULL DEFAULT 0,
  settled_at BIGINT
);
CREATE UNIQUE INDEX data_requests_open ON data_requests (requester_id, kind) WHERE settled_at IS NULL;

CREATE TABLE timers_of_both (
  id BIGINT PRIMARY KEY,
  kind TEXT NOT NULL,
  ticket_id BIGINT,
  requester_id BIGINT,
  due_at BIGINT NOT NULL,
  UNIQUE (kind, ticket_id),
  UNIQUE (kind, requester_id)
);
INSERT INTO timers_of_both (id, kind, ticket_id, due_at) SELECT id, kind, ticket_id, due_at FROM timers;
DROP TABLE timers;
ALTER TABLE timers_of_both RENAME TO timers;
CREATE INDEX timers_due ON timers (due_at);

-- Everything of one person, of one ticket, and what belongs to no ticket, is found by a step in an index.
CREATE INDEX messages_requester ON messages (requester_id);
CREATE INDEX messages_loose ON messages (id) WHERE ticket_id IS NULL;
CREATE INDEX message_links_ticket ON message_links (ticket_id) WHERE ticket_id IS NOT NULL;
CREATE INDEX outbox_ticket ON outbox (ticket_id) WHERE ticket_id IS NOT NULL;
CREATE INDEX outbox_loose ON outbox (id) WHERE ticket_id IS NULL;
CREATE INDEX unanswered_requester ON unanswered (requester_id);
