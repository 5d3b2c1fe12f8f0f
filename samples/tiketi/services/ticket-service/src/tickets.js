'use strict';
const database = require('./config/database');
const redis = require('./config/redis');
const { HttpError, positiveInteger } = require('./errors');

const eventColumns = 'id, title, venue, starts_at AS "startsAt", price, capacity, available';
const reservationColumns = 'id, event_id AS "eventId", quantity, status, expires_at AS "expiresAt", created_at AS "createdAt"';

async function events(_request, response) {
  const { rows } = await database.query(`SELECT ${eventColumns} FROM events ORDER BY starts_at, id`);
  response.json({ events: rows });
}

async function event(request, response) {
  const id = positiveInteger(request.params.id, 'The event id');
  const { rows } = await database.query(`SELECT ${eventColumns} FROM events WHERE id = $1`, [id]);
  if (rows.length === 0) throw new HttpError(404, 'NO_SUCH_EVENT', `There is no event ${id}.`);
  response.json(rows[0]);
}

/** Holds seats for ten minutes: { eventId, quantity }. Only who was admitted from the event's queue may reserve. */
async function reserve(request, response) {
  const eventId = positiveInteger(request.body?.eventId, 'eventId');
  const quantity = positiveInteger(request.body?.quantity ?? 1, 'quantity');
  if (quantity > 4) throw new HttpError(400, 'TOO_MANY', 'One reservation holds at most 4 seats.');
  const admittedUntil = await redis.zscore(`queue:{${eventId}}:admitted`, request.user.id);
  if (!(Number(admittedUntil) > Date.now())) {
    throw new HttpError(403, 'NOT_ADMITTED', 'Join the queue of this event first, and wait for your turn.');
  }
  const reservation = await database.transaction(async (client) => {
    // One statement checks and takes the seats, so that two buyers cannot both get the last one.
    const taken = await client.query(
      'UPDATE events SET available = available - $2 WHERE id = $1 AND available >= $2', [eventId, quantity]);
    if (taken.rowCount === 0) throw new HttpError(409, 'SOLD_OUT', 'There are not enough seats left for this event.');
    const { rows } = await client.query(
      `INSERT INTO reservations (user_id, event_id, quantity, expires_at) VALUES ($1, $2, $3, now() + interval '10 minutes')
       RETURNING ${reservationColumns}`, [request.user.id, eventId, quantity]);
    return rows[0];
  });
  response.status(201).json(reservation);
}

async function reservations(request, response) {
  const { rows } = await database.query(
    `SELECT ${reservationColumns} FROM reservations WHERE user_id = $1 ORDER BY id DESC`, [request.user.id]);
  response.json({ reservations: rows });
}

/** Gives the seats of reservations that were not paid in time back to their events. Safe to run on every replica. */
async function releaseExpired() {
  await database.query(`
    WITH expired AS (
      UPDATE reservations SET status = 'expired'
      WHERE id IN (SELECT id FROM reservations WHERE status = 'pending' AND expires_at < now() FOR UPDATE SKIP LOCKED)
      RETURNING event_id, quantity)
    UPDATE events SET available = available + freed.quantity
    FROM (SELECT event_id, sum(quantity)::int AS quantity FROM expired GROUP BY event_id) AS freed
    WHERE events.id = freed.event_id`);
}

module.exports = { events, event, reserve, reservations, releaseExpired };
