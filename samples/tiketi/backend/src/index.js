'use strict';
const database = require('./config/database');
const redis = require('./config/redis');
const { integer } = require('./config/environment');
const { authenticate } = require('./authenticate');
const { HttpError, positiveInteger } = require('./errors');
const log = require('./log');
const queue = require('./queue');
const { start } = require('./service');

const interval = integer('QUEUE_PROCESSOR_INTERVAL', 10_000);
let timer;

/** Keeps the queues moving; a round that fails (Redis away) is reported and the next one tries again. */
async function processQueues() {
  try {
    await queue.admit();
  } catch (error) {
    log.warn('queues not processed', { error: error.message });
  }
  timer = setTimeout(processQueues, interval);
}
timer = setTimeout(processQueues, interval);

async function existingEvent(request) {
  const eventId = positiveInteger(request.params.eventId, 'The event id');
  const { rowCount } = await database.query('SELECT 1 FROM events WHERE id = $1', [eventId]);
  if (rowCount === 0) throw new HttpError(404, 'NO_SUCH_EVENT', `There is no event ${eventId}.`);
  return eventId;
}

start({
  name: 'backend',
  checks: { database: () => database.query('SELECT 1'), redis: () => redis.ping() },
  routes: (app) => {
    app.post('/api/queue/check/:eventId', authenticate, async (request, response) => {
      const eventId = await existingEvent(request);
      response.json({ eventId, ...await queue.enter(eventId, request.user.id) });
    });
    app.delete('/api/queue/:eventId', authenticate, async (request, response) => {
      await queue.leave(positiveInteger(request.params.eventId, 'The event id'), request.user.id);
      response.status(204).end();
    });
  },
  close: async () => {
    clearTimeout(timer);
    redis.disconnect();
    await database.close();
  },
});
