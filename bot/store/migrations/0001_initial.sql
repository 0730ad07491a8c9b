-- One text for both engines. Ids are ours (63 bits, time-ordered), times are microseconds UTC, flags 0 or 1.

CREATE TABLE requesters (
  id BIGINT PRIMARY KEY,
  created_at BIGINT NOT NULL
);

CREATE TABLE identities (
  platform TEXT NOT NULL,
  user_id TEXT NOT NULL,
  requester_id BIGINT NOT NULL REFERENCES requesters (id),
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (platform, user_id)
);

CREATE TABLE conversations (
  id BIGINT PRIMARY KEY,
  requester_id BIGINT NOT NULL REFERENCES requesters (id),
  platform TEXT NOT NULL,
  chat_id TEXT NOT NULL,
  ticket_id BIGINT,
  state TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (platform, chat_id)
);

CREATE TABLE events_seen (
  key TEXT PRIMARY KEY,
  at BIGINT NOT NULL
);
CREATE INDEX events_seen_at ON events_seen (at);

CREATE TABLE cursors (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE set_aside (
  id BIGINT PRIMARY KEY,
  platform TEXT NOT NULL,
  key TEXT NOT NULL,
  error_id TEXT NOT NULL,
  text TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE counters (
  name TEXT PRIMARY KEY,
  value BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES ('ticket', 0);

CREATE TABLE tickets (
  id BIGINT PRIMARY KEY,
  number BIGINT NOT NULL UNIQUE,
  desk TEXT NOT NULL,
  status TEXT NOT NULL,
  requester_id BIGINT NOT NULL REFERENCES requesters (id),
  conversation_id BIGINT NOT NULL,
  requester TEXT NOT NULL,
  requester_platform TEXT NOT NULL,
  requester_chat_id TEXT NOT NULL,
  desk_platform TEXT NOT NULL,
  desk_chat_id TEXT NOT NULL,
  desk_thread_id TEXT NOT NULL,
  topic TEXT NOT NULL,
  team TEXT NOT NULL,
  subject TEXT NOT NULL,
  language TEXT NOT NULL,
  answers TEXT NOT NULL,
  card_id BIGINT NOT NULL,
  assignee TEXT,
  created_at BIGINT NOT NULL,
  first_response_at BIGINT,
  solved_at BIGINT,
  rating BIGINT
);
CREATE INDEX tickets_requester ON tickets (requester_id);
CREATE INDEX tickets_thread ON tickets (desk_platform, desk_chat_id, desk_thread_id);

CREATE TABLE messages (
  id BIGINT PRIMARY KEY,
  requester_id BIGINT NOT NULL REFERENCES requesters (id),
  ticket_id BIGINT,
  kind TEXT NOT NULL,
  author TEXT NOT NULL,
  text TEXT NOT NULL,
  attachments TEXT NOT NULL,
  source TEXT,
  created_at BIGINT NOT NULL
);
CREATE INDEX messages_ticket ON messages (ticket_id);

CREATE TABLE message_links (
  message_id BIGINT NOT NULL,
  platform TEXT NOT NULL,
  chat_id TEXT NOT NULL,
  thread_id TEXT NOT NULL,
  platform_message_id TEXT NOT NULL,
  part BIGINT NOT NULL,
  ticket_id BIGINT,
  PRIMARY KEY (message_id, platform, chat_id, platform_message_id)
);
CREATE INDEX message_links_platform ON message_links (platform, chat_id, platform_message_id);

CREATE TABLE outbox (
  id BIGINT PRIMARY KEY,
  lane TEXT NOT NULL,
  kind TEXT NOT NULL,
  platform TEXT NOT NULL,
  chat_id TEXT NOT NULL,
  priority TEXT NOT NULL,
  ticket_id BIGINT,
  message_id BIGINT NOT NULL,
  payload TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  state TEXT NOT NULL,
  error TEXT NOT NULL,
  changed_at BIGINT NOT NULL
);
CREATE INDEX outbox_waiting ON outbox (lane, id) WHERE state IN ('queued', 'sending');
CREATE INDEX outbox_due ON outbox (due_at) WHERE state = 'queued';

CREATE TABLE internal_events (
  id BIGINT PRIMARY KEY,
  kind TEXT NOT NULL,
  ticket_id BIGINT NOT NULL,
  payload TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE timers (
  id BIGINT PRIMARY KEY,
  kind TEXT NOT NULL,
  ticket_id BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  UNIQUE (kind, ticket_id)
);
CREATE INDEX timers_due ON timers (due_at);

CREATE TABLE answer_feedback (
  id BIGINT PRIMARY KEY,
  entry TEXT NOT NULL,
  language TEXT NOT NULL,
  helped BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE unanswered (
  id BIGINT PRIMARY KEY,
  requester_id BIGINT NOT NULL,
  text TEXT NOT NULL,
  language TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE audit (
  id BIGINT PRIMARY KEY,
  ticket_id BIGINT NOT NULL,
  agent TEXT NOT NULL,
  act TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

-- The rooms of platforms that keep no history of their own: the page and the terminal.
CREATE TABLE room_threads (
  platform TEXT NOT NULL,
  chat_id TEXT NOT NULL,
  thread_id TEXT NOT NULL,
  revision BIGINT NOT NULL,
  title TEXT NOT NULL,
  closed BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (platform, chat_id, thread_id)
);

CREATE TABLE room_messages (
  id BIGINT PRIMARY KEY,
  revision BIGINT NOT NULL,
  key TEXT NOT NULL UNIQUE,
  platform TEXT NOT NULL,
  chat_id TEXT NOT NULL,
  thread_id TEXT NOT NULL,
  ticket_id BIGINT,
  author TEXT NOT NULL,
  content TEXT NOT NULL,
  quoted TEXT NOT NULL,
  reactions TEXT NOT NULL,
  edited BIGINT NOT NULL,
  deleted BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX room_messages_chat ON room_messages (platform, chat_id, thread_id, id);
CREATE INDEX room_messages_changes ON room_messages (platform, chat_id, revision);
CREATE INDEX room_messages_ticket ON room_messages (ticket_id);
