'use strict';
const database = require('./config/database');
const redis = require('./config/redis');
const { authenticate } = require('./authenticate');
const live = require('./live');
const log = require('./log');
const { start } = require('./service');
const tickets = require('./tickets');

let timer;
async function release() {
  try {
    await tickets.releaseExpired();
  } catch (error) {
    log.warn('expired reservations not released', { error: error.message });
  }
  timer = setTimeout(release, 30_000);
}
timer = setTimeout(release, 30_000);

start({
  name: 'ticket-service',
  checks: { database: () => database.query('SELECT 1'), redis: () => redis.ping() },
  routes: (app, { health }) => {
    app.get('/api/tickets/health', health);
    app.get('/api/tickets/events', tickets.events);
    app.get('/api/tickets/events/:id', tickets.event);
    app.post('/api/tickets/reserve', authenticate, tickets.reserve);
    app.get('/api/tickets/reservations', authenticate, tickets.reservations);
  },
  attach: live.attach,
  close: async () => {
    clearTimeout(timer);
    redis.disconnect();
    await database.close();
  },
});
