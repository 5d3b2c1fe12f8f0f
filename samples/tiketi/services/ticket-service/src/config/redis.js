'use strict';
const Redis = require('ioredis');
const log = require('../log');
const { required } = require('./environment');

const env = required('REDIS_HOST', 'REDIS_PORT');

/** A Redis client that connects at its first command, reconnects by itself and fails a command fast while Redis is away. */
function createClient(options = {}) {
  const client = new Redis({
    host: env.REDIS_HOST,
    port: Number(env.REDIS_PORT),
    password: process.env.REDIS_PASSWORD || undefined,
    tls: process.env.REDIS_TLS === 'true' ? {} : undefined,
    lazyConnect: true,
    connectTimeout: 3000,
    maxRetriesPerRequest: 1,
    retryStrategy: (attempt) => Math.min(attempt * 200, 2000),
    ...options,
  });
  let away = false;
  client.on('error', (error) => {
    if (!away) log.warn('Redis is away, reconnecting', { error: error.message });
    away = true;
  });
  client.on('ready', () => {
    if (away) log.info('Redis is back');
    away = false;
  });
  return client;
}

module.exports = createClient();
module.exports.createClient = createClient;
