-- Questions to the exchange about a ticket's account that wait for an answer, and the answer beside the ticket.

CREATE TABLE lookups (
  id BIGINT PRIMARY KEY,
  ticket_id BIGINT NOT NULL UNIQUE,
  query TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  due_at BIGINT NOT NULL
);
CREATE INDEX lookups_due ON lookups (due_at);

ALTER TABLE tickets ADD COLUMN facts TEXT NOT NULL DEFAULT '';
