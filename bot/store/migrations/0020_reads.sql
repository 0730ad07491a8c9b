-- Who acted, as a word to count by: what agents read is limited.

ALTER TABLE audit ADD COLUMN agent_id TEXT NOT NULL DEFAULT '';
CREATE INDEX audit_agent ON audit (agent_id, created_at);
