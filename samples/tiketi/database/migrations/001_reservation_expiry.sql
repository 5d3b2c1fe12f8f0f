-- A reservation that is not paid in time gives its seats back (ticket-service, releaseExpired).
ALTER TABLE reservations ADD COLUMN expires_at timestamptz NOT NULL DEFAULT now() + interval '10 minutes';
ALTER TABLE reservations ALTER COLUMN expires_at DROP DEFAULT;
CREATE INDEX reservations_to_expire ON reservations (expires_at) WHERE status = 'pending';
