-- Whose account it is: proved by a code of the operator's site, which counts once. `use` names a code that was used;
-- it does not hold what makes one.

ALTER TABLE identities ADD COLUMN account_id TEXT NOT NULL DEFAULT '';
ALTER TABLE identities ADD COLUMN verified_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE identities ADD COLUMN wrong_codes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE identities ADD COLUMN wrong_since BIGINT NOT NULL DEFAULT 0;
CREATE INDEX identities_requester ON identities (requester_id, platform);

CREATE TABLE account_codes (
  use TEXT PRIMARY KEY,
  expires_at BIGINT NOT NULL
);
CREATE INDEX account_codes_expiry ON account_codes (expires_at);

ALTER TABLE tickets ADD COLUMN account TEXT NOT NULL DEFAULT '';
