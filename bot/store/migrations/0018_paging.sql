-- How often somebody was called for a ticket, and whether they are on it.

ALTER TABLE tickets ADD COLUMN paging TEXT NOT NULL DEFAULT '';
