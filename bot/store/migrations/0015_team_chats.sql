-- In which staff chats somebody has acted, and what they are in each of them.

CREATE TABLE agent_desks (
  platform TEXT NOT NULL,
  user_id TEXT NOT NULL,
  chat_id TEXT NOT NULL,
  standing TEXT NOT NULL,
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (platform, user_id, chat_id)
);
CREATE INDEX agent_desks_chat ON agent_desks (platform, chat_id);

-- Until now there was one staff chat on a platform.
INSERT INTO agent_desks (platform, user_id, chat_id, standing, seen_at)
SELECT a.platform, a.user_id, t.desk_chat_id, a.standing, a.seen_at
FROM agents AS a JOIN (SELECT DISTINCT desk_platform, desk_chat_id FROM tickets) AS t ON t.desk_platform = a.platform;
