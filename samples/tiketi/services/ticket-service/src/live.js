'use strict';
const { setTimeout: sleep } = require('node:timers/promises');
const { Server } = require('socket.io');
const redis = require('./config/redis');
const { verify } = require('./authenticate');
const { positiveInteger } = require('./errors');
const log = require('./log');

const room = (eventId) => `event:${eventId}`;

// Who leaves makes everybody behind move up. Followers hear of it so often, and not each time that one of hundreds leaves.
const betweenTellingsMs = 200;

/** The event's queue now, as a function that tells a user's place: { eventId, admitted, position, waiting }; position 0 is not waiting. */
async function places(eventId) {
  const [admitted, waiting] = await Promise.all([
    redis.zrangebyscore(`queue:{${eventId}}:admitted`, Date.now(), '+inf'),
    redis.zrange(`queue:{${eventId}}:waiting`, 0, -1),
  ]);
  const inside = new Set(admitted.map(Number));
  const positions = new Map(waiting.map((userId, rank) => [Number(userId), rank + 1]));
  return (userId) => ({ eventId, admitted: inside.has(userId), position: positions.get(userId) ?? 0, waiting: waiting.length });
}

/**
 * Serves Socket.IO on the HTTP server: a client connects with auth { token }, emits "queue:join" { eventId } (answered with its
 * place, or { error }) and from then on receives "queue:update" (its place) and once "queue:admitted".
 * Any number of replicas work side by side: Redis tells each of them about a change, and each tells its own clients.
 */
function attach(server) {
  const origin = (process.env.SOCKET_IO_CORS_ORIGIN ?? '').split(',').filter(Boolean);
  // WebSocket alone needs no sticky sessions, which long polling would need as soon as there are two replicas.
  const io = new Server(server, { path: '/socket.io', transports: ['websocket'], cors: { origin } });

  io.use((socket, next) => {
    try {
      socket.data.user = verify(socket.handshake.auth?.token);
      next();
    } catch (error) {
      next(error);
    }
  });
  io.on('connection', (socket) => {
    socket.on('queue:join', async (message, answer = () => {}) => {
      try {
        const eventId = positiveInteger(message?.eventId, 'eventId');
        await socket.join(room(eventId));
        answer((await places(eventId))(socket.data.user.id));
      } catch (error) {
        answer({ error: error.message });
      }
    });
    socket.on('queue:leave', (message) => socket.leave(room(message?.eventId)));
  });

  // Events whose queue has changed, with the users who were admitted since.
  const changed = new Map();
  let telling = false;
  async function tell() {
    if (telling) return;
    telling = true;
    try {
      while (changed.size > 0) {
        const [[eventId, entered]] = changed;
        changed.delete(eventId);
        const placeOf = await places(eventId);
        for (const socketId of [...(io.sockets.adapter.rooms.get(room(eventId)) ?? [])]) {
          const socket = io.sockets.sockets.get(socketId);
          if (!socket) continue;
          const now = placeOf(socket.data.user.id);
          socket.emit('queue:update', now);
          if (entered.has(socket.data.user.id)) socket.emit('queue:admitted', now);
        }
        await sleep(betweenTellingsMs);
      }
    } catch (error) {
      log.warn('queue change not passed on', { error: error.message });
    } finally {
      telling = false;
    }
  }

  const subscription = redis.createClient({ maxRetriesPerRequest: null });
  subscription.subscribe('queue:changed').catch((error) => log.error('cannot follow the queues', { error: error.message }));
  subscription.on('message', (_channel, text) => {
    const { eventId, admitted } = JSON.parse(text);
    changed.set(eventId, new Set([...(changed.get(eventId) ?? []), ...admitted]));
    tell();
  });

  return () => {
    subscription.disconnect();
    io.disconnectSockets(true);
  };
}

module.exports = { attach };
