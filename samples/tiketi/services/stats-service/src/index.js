'use strict';
const database = require('./config/database');
const redis = require('./config/redis');
const { start } = require('./service');

/** Totals from the database and the length of every queue, as they are now. Amounts are in won. */
async function stats(_request, response) {
  const { rows: [totals] } = await database.query(`
    SELECT (SELECT count(*)::int FROM users) AS users,
           (SELECT count(*)::int FROM events) AS events,
           (SELECT count(*)::int FROM reservations WHERE status = 'pending') AS pending,
           (SELECT count(*)::int FROM reservations WHERE status = 'confirmed') AS confirmed,
           (SELECT count(*)::int FROM payments) AS payments,
           (SELECT coalesce(sum(amount), 0)::float8 FROM payments) AS amount`);
  const queues = await Promise.all((await redis.smembers('queues')).map(async (eventId) => ({
    eventId: Number(eventId),
    waiting: await redis.zcard(`queue:{${eventId}}:waiting`),
    admitted: await redis.zcount(`queue:{${eventId}}:admitted`, Date.now(), '+inf'),
  })));
  response.json({
    users: totals.users,
    events: totals.events,
    reservations: { pending: totals.pending, confirmed: totals.confirmed },
    payments: { count: totals.payments, amount: totals.amount },
    queues,
  });
}

start({
  name: 'stats-service',
  checks: { database: () => database.query('SELECT 1'), redis: () => redis.ping() },
  routes: (app, { health }) => {
    app.get('/api/stats/health', health);
    app.get('/api/stats', stats);
  },
  close: async () => {
    redis.disconnect();
    await database.close();
  },
});
