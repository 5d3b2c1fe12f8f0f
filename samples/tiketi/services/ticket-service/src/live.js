'use strict';
const { Server } = require('socket.io');
const redis = require('./config/redis');
const { verify } = require('./authenticate');
const { positiveInteger } = require('./errors');
const log = require('./log');

const room = (eventId) => `event:${eventId}`;

/** The user's place in the event's queue: { eventId, admitted, position, waiting }; position 0 is not waiting. */
async function place(eventId, userId) {
  const [admitted, rank, waiting] = await Promise.all([
    redis.zscore(`queue:{${eventId}}:admitted`, userId),
    redis.zrank(`queue:{${eventId}}:waiting`, userId),
    redis.zcard(`queue:{${eventId}}:waiting`),
  ]);
  return { eventId, admitted: Number(admitted) > Date.now(), position: rank === null ? 0 : rank + 1, waiting };
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
        answer(await place(eventId, socket.data.user.id));
      } catch (error) {
        answer({ error: error.message });
      }
    });
    socket.on('queue:leave', (message) => socket.leave(room(message?.eventId)));
  });

  // Events whose queue has changed, with the users who were admitted since. What changes while one round of telling is under way is
  // told in the next: when 500 users leave one after the other, each follower hears of it a few times and not 500 times.
  const changed = new Map();
  let telling = false;
  async function tell() {
    if (telling) return;
    telling = true;
    try {
      while (changed.size > 0) {
        const [[eventId, entered]] = changed;
        changed.delete(eventId);
        for (const socketId of [...(io.sockets.adapter.rooms.get(room(eventId)) ?? [])]) {
          const socket = io.sockets.sockets.get(socketId);
          if (!socket) continue;
          const now = await place(eventId, socket.data.user.id);
          socket.emit('queue:update', now);
          if (entered.has(socket.data.user.id)) socket.emit('queue:admitted', now);
        }
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
