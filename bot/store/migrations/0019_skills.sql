-- Of which teams an agent takes tickets; none: of all.

ALTER TABLE agents ADD COLUMN teams TEXT NOT NULL DEFAULT '';
