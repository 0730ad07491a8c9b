-- A ticket's clocks and promises, and how much open time went by until the first answer.

ALTER TABLE tickets ADD COLUMN timing TEXT NOT NULL DEFAULT '';
ALTER TABLE tickets ADD COLUMN waited BIGINT;
CREATE INDEX tickets_waited ON tickets (team, first_response_at) WHERE waited IS NOT NULL;
