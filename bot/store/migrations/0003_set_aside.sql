-- What was set aside can be run again: the masked event itself, and whether an operator wants that.

ALTER TABLE set_aside ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE set_aside ADD COLUMN event TEXT NOT NULL DEFAULT '';
ALTER TABLE set_aside ADD COLUMN is_wanted BIGINT NOT NULL DEFAULT 0;
