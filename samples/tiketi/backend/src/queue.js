'use strict';
const redis = require('./config/redis');
const { integer } = require('./config/environment');

/** How many users may be inside one event's sale at the same time. */
const threshold = integer('QUEUE_THRESHOLD', 1000);
/** How long an admitted user may take to reserve and pay, in ms. */
const admissionMs = integer('QUEUE_ADMISSION_SECONDS', 600) * 1000;
const channel = 'queue:changed';

// Each script runs as one step inside Redis, so any number of replicas may run them at the same time.
// KEYS: admitted (user -> end of admission in ms), waiting (user -> ticket number), the last ticket number.
redis.defineCommand('queueEnter', {
  numberOfKeys: 3,
  lua: `
    local now, user, threshold, ends = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3]), ARGV[4]
    redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
    local admitted = redis.call('ZSCORE', KEYS[1], user)
    if admitted then return {1, 0, admitted} end
    if redis.call('ZCARD', KEYS[2]) == 0 and redis.call('ZCARD', KEYS[1]) < threshold then
      redis.call('ZADD', KEYS[1], ends, user)
      return {1, 0, ends}
    end
    if not redis.call('ZSCORE', KEYS[2], user) then
      redis.call('ZADD', KEYS[2], redis.call('INCR', KEYS[3]), user)
    end
    return {0, redis.call('ZRANK', KEYS[2], user) + 1, '0'}`,
});
redis.defineCommand('queueAdmit', {
  numberOfKeys: 2,
  lua: `
    redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', tonumber(ARGV[1]))
    local free = tonumber(ARGV[2]) - redis.call('ZCARD', KEYS[1])
    if free <= 0 then return {} end
    local users = {}
    for i, value in ipairs(redis.call('ZPOPMIN', KEYS[2], free)) do
      if i % 2 == 1 then
        redis.call('ZADD', KEYS[1], ARGV[3], value)
        table.insert(users, value)
      end
    end
    return users`,
});

const keys = (eventId) => ['admitted', 'waiting', 'last'].map((part) => `queue:{${eventId}}:${part}`);
const changed = (eventId, admitted = []) => redis.publish(channel, JSON.stringify({ eventId, admitted }));

/** Enters the event's queue, or looks after one's place in it: { admitted, position, admittedUntil }; position 1 is next. */
async function enter(eventId, userId) {
  const now = Date.now();
  const [admitted, position, until] = await redis.queueEnter(...keys(eventId), now, userId, threshold, now + admissionMs);
  if (!admitted) await redis.sadd('queues', eventId);
  return { admitted: admitted === 1, position, admittedUntil: admitted ? new Date(Number(until)).toISOString() : null };
}

/** Gives up one's place, so that the next may move up. */
async function leave(eventId, userId) {
  const [admitted, waiting] = keys(eventId);
  await redis.multi().zrem(admitted, userId).zrem(waiting, userId).exec();
  await changed(eventId);
}

/** Admits waiting users of every event while there is room, and tells ticket-service about each change. */
async function admit() {
  for (const eventId of await redis.smembers('queues')) {
    const [admittedKey, waitingKey] = keys(eventId);
    const now = Date.now();
    const admitted = await redis.queueAdmit(admittedKey, waitingKey, now, threshold, now + admissionMs);
    if (admitted.length > 0) await changed(Number(eventId), admitted.map(Number));
  }
}

module.exports = { enter, leave, admit };
