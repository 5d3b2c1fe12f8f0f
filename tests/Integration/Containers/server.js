'use strict';
// A service as small as can be. GRACEFUL=no ends at once on SIGTERM; START_MS is how long it takes before it listens.
// /slow takes much longer than preStop, so that every SIGTERM finds requests that are still being answered.
const http = require('node:http');
const graceful = process.env.GRACEFUL !== 'no';

const server = http.createServer((request, response) => {
  const answer = () => response.end('ok');
  if (request.url.startsWith('/slow')) setTimeout(answer, 8000);
  else answer();
});
server.keepAliveTimeout = 65_000;
setTimeout(() => server.listen(8000), Number(process.env.START_MS ?? 0));
process.on('SIGTERM', () => {
  if (!graceful) process.exit(1);
  server.close(() => process.exit(0)); // takes no new connection, finishes what it has
  server.closeIdleConnections();
});
