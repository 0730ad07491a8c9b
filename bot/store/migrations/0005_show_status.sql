-- A thread was closed or reopened; now it shows its ticket's status, and is shut by that.

UPDATE outbox SET kind = 'show_status',
  payload = REPLACE(payload, '"kind":"close_thread"', '"kind":"show_status","status":"solved"')
WHERE kind = 'close_thread';
UPDATE outbox SET kind = 'show_status',
  payload = REPLACE(payload, '"kind":"reopen_thread"', '"kind":"show_status","status":"open"')
WHERE kind = 'reopen_thread';
