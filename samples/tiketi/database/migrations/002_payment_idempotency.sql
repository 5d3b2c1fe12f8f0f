-- A payment request that is sent twice is paid once (payment-service, Idempotency-Key).
ALTER TABLE payments ADD COLUMN idempotency_key text;
CREATE UNIQUE INDEX payments_by_idempotency_key ON payments (user_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
