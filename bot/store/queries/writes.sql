-- One statement for each class of `bot/changes.py`, named alike.
-- A statement read with `$` returns one value; returning none refuses the whole unit.

-- name: see_event(key, at)$
INSERT INTO events_seen (key, at) VALUES (:key, :at) ON CONFLICT (key) DO NOTHING RETURNING key;

-- name: add_requester(id, at)!
INSERT INTO requesters (id, created_at) VALUES (:id, :at);

-- name: add_identity(platform, user_id, id, name, at)!
INSERT INTO identities (platform, user_id, requester_id, name, created_at)
VALUES (:platform, :user_id, :id, :name, :at);

-- name: forget_account_codes(at)!
-- Long after it has expired a code is refused for that.
DELETE FROM account_codes WHERE expires_at < :at - 86400000000;

-- name: use_account_code(use, expires_at)$
INSERT INTO account_codes (use, expires_at) VALUES (:use, :expires_at) ON CONFLICT (use) DO NOTHING RETURNING use;

-- name: verify_identity(platform, user_id, account_id, verified_until)!
UPDATE identities SET account_id = :account_id, verified_until = :verified_until, wrong_codes = 0
WHERE platform = :platform AND user_id = :user_id;

-- name: count_wrong_code(platform, user_id, wrong_codes, wrong_since)!
UPDATE identities SET wrong_codes = :wrong_codes, wrong_since = :wrong_since
WHERE platform = :platform AND user_id = :user_id;

-- name: add_look_up(id, ticket_id, query, due_at)!
INSERT INTO lookups (id, ticket_id, query, attempts, due_at) VALUES (:id, :ticket_id, :query, 0, :due_at)
ON CONFLICT (ticket_id) DO UPDATE
SET id = excluded.id, query = excluded.query, attempts = 0, due_at = excluded.due_at;

-- name: start_look_up(id, due_at)$
UPDATE lookups SET attempts = attempts + 1, due_at = :due_at WHERE id = :id RETURNING id;

-- name: postpone_look_up(id, due_at)!
UPDATE lookups SET due_at = :due_at WHERE id = :id;

-- name: drop_look_up(id)$
DELETE FROM lookups WHERE id = :id RETURNING id;

-- name: save_conversation(id, requester_id, platform, chat_id, ticket_id, state, at)!
INSERT INTO conversations (id, requester_id, platform, chat_id, ticket_id, state, updated_at)
VALUES (:id, :requester_id, :platform, :chat_id, :ticket_id, :state, :at)
ON CONFLICT (platform, chat_id) DO UPDATE
SET ticket_id = excluded.ticket_id, state = excluded.state, updated_at = excluded.updated_at;

-- name: add_message(id, requester_id, ticket_id, kind, author, text, attachments, source, at)!
INSERT INTO messages (id, requester_id, ticket_id, kind, author, text, attachments, source, created_at)
VALUES (:id, :requester_id, :ticket_id, :kind, :author, :text, :attachments, :source, :at);

-- name: replace_message(id, text)!
UPDATE messages SET text = :text, original = '' WHERE id = :id;

-- name: revise_message(id, text)!
UPDATE messages SET original = CASE WHEN original = '' THEN text ELSE original END, text = :text WHERE id = :id;

-- name: withdraw_message(id, at)!
UPDATE messages SET withdrawn_at = :at WHERE id = :id AND withdrawn_at IS NULL;

-- name: replace_unanswered(requester_id, text, instead)!
UPDATE unanswered SET text = :instead WHERE requester_id = :requester_id AND text = :text;

-- name: settle_draft(id, kind, was)$
UPDATE messages SET kind = :kind WHERE id = :id AND kind = :was RETURNING id;

-- name: take_number()!
UPDATE counters SET value = value + 1 WHERE name = 'ticket';

-- name: add_ticket(id, desk, status, requester_id, conversation_id, requester, requester_platform, requester_chat_id, desk_platform, desk_chat_id, desk_thread_id, topic, team, subject, language, answers, card_id, created_at, waiting_since, account, facts, priority, timing, follows)!
INSERT INTO tickets (
  id, number, desk, status, requester_id, conversation_id, requester, requester_platform, requester_chat_id,
  desk_platform, desk_chat_id, desk_thread_id, topic, team, subject, language, answers, card_id, created_at,
  waiting_since, account, facts, priority, timing, follows
) SELECT
  CAST(:id AS BIGINT), value, CAST(:desk AS TEXT), CAST(:status AS TEXT), CAST(:requester_id AS BIGINT),
  CAST(:conversation_id AS BIGINT), CAST(:requester AS TEXT), CAST(:requester_platform AS TEXT),
  CAST(:requester_chat_id AS TEXT), CAST(:desk_platform AS TEXT), CAST(:desk_chat_id AS TEXT),
  CAST(:desk_thread_id AS TEXT), CAST(:topic AS TEXT), CAST(:team AS TEXT), CAST(:subject AS TEXT),
  CAST(:language AS TEXT), CAST(:answers AS TEXT), CAST(:card_id AS BIGINT), CAST(:created_at AS BIGINT),
  CAST(:waiting_since AS BIGINT), CAST(:account AS TEXT), CAST(:facts AS TEXT), CAST(:priority AS TEXT),
  CAST(:timing AS TEXT), CAST(:follows AS BIGINT)
FROM counters WHERE name = 'ticket';

-- name: save_ticket(id, status, team, card_id, language, answers, assignee, assignee_id, first_response_at, solved_at, rating, undelivered, waiting_since, account, facts, priority, timing, waited, legal_hold, paging)!
UPDATE tickets SET
  status = :status, team = :team, card_id = :card_id, language = :language, answers = :answers, assignee = :assignee,
  assignee_id = :assignee_id, waiting_since = :waiting_since, account = :account, facts = :facts,
  priority = :priority, timing = :timing, waited = :waited,
  legal_hold = :legal_hold, paging = :paging,
  first_response_at = :first_response_at, solved_at = :solved_at, rating = :rating, undelivered = :undelivered
WHERE id = :id;

-- name: claim_ticket(id, assignee, assignee_id)$
UPDATE tickets SET assignee = :assignee, assignee_id = :assignee_id
WHERE id = :id AND assignee IS NULL AND status IN ('new', 'open') RETURNING id;

-- name: see_agent(platform, user_id, name, standing, at)!
INSERT INTO agents (platform, user_id, name, standing, languages, since, seen_at)
VALUES (:platform, :user_id, :name, :standing, '', :at, :at)
ON CONFLICT (platform, user_id) DO UPDATE
SET name = excluded.name, standing = excluded.standing, seen_at = excluded.seen_at;

-- name: see_agent_at(platform, user_id, chat_id, standing, at)!
INSERT INTO agent_desks (platform, user_id, chat_id, standing, seen_at)
VALUES (:platform, :user_id, :chat_id, :standing, :at)
ON CONFLICT (platform, user_id, chat_id) DO UPDATE SET standing = excluded.standing, seen_at = excluded.seen_at;

-- name: save_shift(platform, user_id, name, standing, duty, capacity, languages, teams, since, at)!
INSERT INTO agents (platform, user_id, name, standing, duty, capacity, languages, teams, since, seen_at)
VALUES (:platform, :user_id, :name, :standing, :duty, :capacity, :languages, :teams, :since, :at)
ON CONFLICT (platform, user_id) DO UPDATE SET
  name = excluded.name, standing = excluded.standing, duty = excluded.duty, capacity = excluded.capacity,
  languages = excluded.languages, teams = excluded.teams, since = excluded.since, seen_at = excluded.seen_at;

-- name: leave_thread(ticket_id, platform, chat_id, thread_id)!
-- Where the ticket has been until now, unless that is where it goes.
INSERT INTO former_threads (platform, chat_id, thread_id, ticket_id)
SELECT desk_platform, desk_chat_id, desk_thread_id, id FROM tickets
WHERE id = :ticket_id AND desk_thread_id <> ''
AND (desk_platform <> :platform OR desk_chat_id <> :chat_id OR desk_thread_id <> :thread_id)
ON CONFLICT (platform, chat_id, thread_id) DO NOTHING;

-- name: set_ticket_thread(ticket_id, platform, chat_id, thread_id)!
UPDATE tickets SET desk_platform = :platform, desk_chat_id = :chat_id, desk_thread_id = :thread_id
WHERE id = :ticket_id;

-- name: move_tickets(platform, chat_id, to)!
UPDATE tickets SET desk_chat_id = :to WHERE desk_platform = :platform AND desk_chat_id = :chat_id;

-- name: move_agents(platform, chat_id, to)!
UPDATE agent_desks SET chat_id = :to WHERE platform = :platform AND chat_id = :chat_id AND NOT EXISTS (
  SELECT 1 FROM agent_desks AS there
  WHERE there.platform = agent_desks.platform AND there.user_id = agent_desks.user_id AND there.chat_id = :to
);

-- name: queue_delivery(id, lane, crowd, kind, platform, chat_id, priority, ticket_id, message_id, payload, due_at, attempts, staff_part)!
INSERT INTO outbox (
  id, lane, crowd, kind, platform, chat_id, priority, ticket_id, message_id, payload, due_at, attempts, state, error,
  changed_at, staff_part
) VALUES (
  :id, :lane, :crowd, :kind, :platform, :chat_id, :priority, :ticket_id, :message_id, :payload, :due_at, :attempts,
  'queued', '', :due_at, :staff_part
);

-- name: cancel_earlier(lane, kind)!
-- The index knows both states; what is on its way may be overtaken by nothing.
UPDATE outbox SET state = 'cancelled'
WHERE lane = :lane AND state IN ('queued', 'sending') AND state = 'queued' AND kind = :kind;

-- name: replace_payload(id, payload)!
UPDATE outbox SET payload = :payload, revision = revision + 1 WHERE id = :id;

-- name: queue_follow_up(id, lane, crowd, kind, platform, chat_id, priority, ticket_id, message_id, payload, due_at, attempts, staff_part, of, has_left)!
-- A row that waits after an attempt may have left nevertheless: nobody knows what became of the attempt.
INSERT INTO outbox (
  id, lane, crowd, kind, platform, chat_id, priority, ticket_id, message_id, payload, due_at, attempts, state, error,
  changed_at, staff_part
) SELECT
  CAST(:id AS BIGINT), CAST(:lane AS TEXT), CAST(:crowd AS TEXT), CAST(:kind AS TEXT),
  CAST(:platform AS TEXT), CAST(:chat_id AS TEXT), CAST(:priority AS TEXT), CAST(:ticket_id AS BIGINT),
  CAST(:message_id AS BIGINT), CAST(:payload AS TEXT),
  CAST(:due_at AS BIGINT), CAST(:attempts AS BIGINT), 'queued', '', CAST(:due_at AS BIGINT),
  CAST(:staff_part AS BIGINT)
FROM outbox WHERE id = (SELECT COALESCE(joined_to, id) FROM outbox WHERE id = :of) AND CAST(:has_left AS BIGINT) =
  CASE WHEN state IN ('sending', 'sent') OR (state = 'queued' AND attempts > 0) THEN 1 ELSE 0 END;

-- name: cancel_delivery(id)!
UPDATE outbox SET state = 'cancelled' WHERE id = :id AND state = 'queued' AND attempts = 0;

-- name: join_delivery(id, revision, into, at)$
UPDATE outbox SET state = 'joined', joined_to = :into, changed_at = :at
WHERE id = :id AND state = 'queued' AND revision = :revision RETURNING id;

-- name: send_again(id, at)$
UPDATE outbox SET state = 'queued', attempts = 0, due_at = :at, error = '', changed_at = :at
WHERE id = :id AND state = 'failed' RETURNING id;

-- name: mark_sending(id, revision, at)$
UPDATE outbox SET state = 'sending', attempts = attempts + 1, changed_at = :at
WHERE id = :id AND state = 'queued' AND revision = :revision RETURNING id;

-- name: put_back(id, at)!
UPDATE outbox SET state = 'queued', attempts = attempts - 1, changed_at = :at WHERE id = :id AND state = 'sending';

-- name: freeze_replies(agent, at)!
UPDATE freezes SET agent = :agent, since = :at WHERE id = 1 AND since IS NULL;

-- name: unfreeze_replies()!
UPDATE freezes SET agent = '', since = NULL WHERE id = 1;

-- name: pass_freeze()$
-- It writes, so that on either engine it is decided before or after a freeze, never beside one.
UPDATE freezes SET since = NULL WHERE id = 1 AND since IS NULL RETURNING id;

-- name: mark_sent(id, at)!
UPDATE outbox SET state = 'sent', error = '', changed_at = :at WHERE id = :id;

-- name: mark_failed(id, error, at)!
UPDATE outbox SET state = 'failed', error = :error, changed_at = :at WHERE id = :id;

-- name: retry_later(id, due_at, error)!
UPDATE outbox SET state = 'queued', due_at = :due_at, error = :error, changed_at = :due_at WHERE id = :id;

-- name: link_message(message_id, platform, chat_id, thread_id, platform_message_id, part, ticket_id)!
INSERT INTO message_links (message_id, platform, chat_id, thread_id, platform_message_id, part, ticket_id)
VALUES (:message_id, :platform, :chat_id, :thread_id, :platform_message_id, :part, :ticket_id)
ON CONFLICT (message_id, platform, chat_id, platform_message_id) DO NOTHING;

-- name: unlink_message(message_id)!
DELETE FROM message_links WHERE message_id = :message_id;

-- name: add_internal_event(id, kind, ticket_id, payload, at)!
INSERT INTO internal_events (id, kind, ticket_id, payload, created_at)
VALUES (:id, :kind, :ticket_id, :payload, :at);

-- name: drop_internal_event(id)$
DELETE FROM internal_events WHERE id = :id RETURNING id;

-- name: add_timer(id, kind, ticket_id, due_at)!
INSERT INTO timers (id, kind, ticket_id, due_at) VALUES (:id, :kind, :ticket_id, :due_at)
ON CONFLICT (kind, ticket_id) DO UPDATE SET id = excluded.id, due_at = excluded.due_at;

-- name: clear_timer(kind, ticket_id)!
DELETE FROM timers WHERE kind = :kind AND ticket_id = :ticket_id;

-- name: drop_timer(id)$
DELETE FROM timers WHERE id = :id RETURNING id;

-- name: add_feedback(id, entry, language, helped, at)!
INSERT INTO answer_feedback (id, entry, language, helped, created_at)
VALUES (:id, :entry, :language, :helped, :at);

-- name: add_unanswered(id, requester_id, text, language, at)!
INSERT INTO unanswered (id, requester_id, text, language, created_at)
VALUES (:id, :requester_id, :text, :language, :at);

-- name: add_audit(id, ticket_id, agent, agent_id, act, at)!
INSERT INTO audit (id, ticket_id, agent, agent_id, act, created_at)
VALUES (:id, :ticket_id, :agent, :agent_id, :act, :at);

-- name: save_cursor(name, value, at)!
INSERT INTO cursors (name, value, updated_at) VALUES (:name, :value, :at)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at;

-- name: set_aside(id, platform, key, error_id, text, at, kind, event, requester_id)!
INSERT INTO set_aside (id, platform, key, error_id, text, created_at, kind, event, requester_id)
VALUES (:id, :platform, :key, :error_id, :text, :at, :kind, :event, CAST(:requester_id AS BIGINT));

-- name: want_aside(id)!
UPDATE set_aside SET is_wanted = 1 WHERE id = :id;

-- name: keep_aside(id, error_id)!
UPDATE set_aside SET is_wanted = 0, error_id = :error_id WHERE id = :id;

-- name: drop_aside(id)!
DELETE FROM set_aside WHERE id = :id;
