-- Who is at the desk, since when a ticket's requester waits for us, and whose a ticket is as a word to search for.

CREATE TABLE agents (
  platform TEXT NOT NULL,
  user_id TEXT NOT NULL,
  name TEXT NOT NULL,
  standing TEXT NOT NULL,
  duty TEXT,
  capacity BIGINT,
  languages TEXT NOT NULL,
  since BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (platform, user_id)
);

ALTER TABLE tickets ADD COLUMN waiting_since BIGINT;
UPDATE tickets SET waiting_since = created_at WHERE status IN ('new', 'open');

-- The account stands at the beginning of what was written of an agent: {"v":1,"is":{"platform":"...","user_id":"...".
ALTER TABLE tickets ADD COLUMN assignee_id TEXT;
UPDATE tickets SET assignee_id = REPLACE(SUBSTR(assignee, LENGTH('{"v":1,"is":{"platform":"') + 1), '","user_id":"', ':')
WHERE assignee IS NOT NULL;
UPDATE tickets SET assignee_id = SUBSTR(assignee_id, 1, LENGTH(assignee_id) - LENGTH(
  LTRIM(assignee_id, 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:._-')
)) WHERE assignee_id IS NOT NULL;

CREATE INDEX tickets_waiting ON tickets (desk_platform, desk_chat_id)
WHERE assignee IS NULL AND status IN ('new', 'open');
CREATE INDEX tickets_assignee ON tickets (assignee_id)
WHERE status IN ('new', 'open', 'pending', 'on_hold');
