-- The number of the ticket that another one goes on with.

ALTER TABLE tickets ADD COLUMN follows BIGINT;
