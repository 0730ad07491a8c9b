-- How soon a ticket needs somebody; it follows from what the ticket is about.

ALTER TABLE tickets ADD COLUMN priority TEXT NOT NULL DEFAULT 'normal';
