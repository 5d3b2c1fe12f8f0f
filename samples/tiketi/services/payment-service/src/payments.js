'use strict';
const database = require('./config/database');
const { HttpError, positiveInteger } = require('./errors');

const columns = 'id, reservation_id AS "reservationId", amount, method, status, created_at AS "createdAt"';

/**
 * Pays a reservation: { reservationId, method }. The header Idempotency-Key makes a repeated request safe: it is answered
 * with the first payment. The sample has no payment provider behind it; a payment is recorded as paid.
 */
async function create(request, response) {
  const reservationId = positiveInteger(request.body?.reservationId, 'reservationId');
  const method = request.body?.method ?? 'card';
  if (!['card', 'transfer'].includes(method)) throw new HttpError(400, 'INVALID', 'method must be card or transfer.');
  const key = request.get('idempotency-key') ?? null;
  if (key !== null && (key.length === 0 || key.length > 100)) {
    throw new HttpError(400, 'INVALID', 'Idempotency-Key must have 1 to 100 characters.');
  }
  const { payment, repeated } = await database
    .transaction((client) => pay(client, request.user.id, reservationId, method, key))
    .catch((error) => { throw error.constraint === 'payments_by_idempotency_key' ? keyReused() : error; });
  response.status(repeated ? 200 : 201).json(payment);
}

const keyReused = () => new HttpError(409, 'KEY_REUSED', 'This Idempotency-Key was used for another reservation.');

async function pay(client, userId, reservationId, method, key) {
  // Locking the reservation first puts two requests with the same key behind one another.
  const { rows: [reservation] } = await client.query(`
    SELECT r.status, r.quantity * e.price AS amount, r.expires_at > now() AS held
    FROM reservations r JOIN events e ON e.id = r.event_id
    WHERE r.id = $1 AND r.user_id = $2 FOR UPDATE OF r`, [reservationId, userId]);
  if (!reservation) throw new HttpError(404, 'NO_SUCH_RESERVATION', `You have no reservation ${reservationId}.`);

  const { rows: [earlier] } = await client.query(
    `SELECT ${columns} FROM payments WHERE user_id = $1 AND idempotency_key = $2`, [userId, key]);
  if (earlier) {
    if (earlier.reservationId === reservationId) return { payment: earlier, repeated: true };
    throw keyReused();
  }
  if (reservation.status === 'confirmed') throw new HttpError(409, 'PAID', 'This reservation is paid already.');
  if (reservation.status !== 'pending' || !reservation.held) {
    throw new HttpError(409, 'EXPIRED', 'This reservation has expired. Reserve again.');
  }
  await client.query(`UPDATE reservations SET status = 'confirmed' WHERE id = $1`, [reservationId]);
  const { rows: [payment] } = await client.query(
    `INSERT INTO payments (user_id, reservation_id, amount, method, status, idempotency_key)
     VALUES ($1, $2, $3, $4, 'paid', $5) RETURNING ${columns}`, [userId, reservationId, reservation.amount, method, key]);
  return { payment, repeated: false };
}

async function list(request, response) {
  const { rows } = await database.query(`SELECT ${columns} FROM payments WHERE user_id = $1 ORDER BY id DESC`, [request.user.id]);
  response.json({ payments: rows });
}

module.exports = { create, list };
