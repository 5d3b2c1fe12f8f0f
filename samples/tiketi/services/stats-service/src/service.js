'use strict';
const http = require('node:http');
const { setTimeout: sleep } = require('node:timers/promises');
const cors = require('cors');
const express = require('express');
const log = require('./log');
const { HttpError } = require('./errors');
const { required, integer } = require('./config/environment');
const { version } = require('../package.json');

/**
 * Runs one service: liveness and readiness, its routes, JSON errors, and an orderly end on SIGTERM.
 *   name      the service's name, as in its Deployment
 *   checks    { dependency: async () => ... }: ready only when none of them throws
 *   routes    (app) => adds the service's own routes
 *   attach    (httpServer) => optional; for what shares the port, such as Socket.IO. Returns a function that ends its connections
 *   close     async () => gives back connections; called once every request has been answered
 */
function start({ name, checks = {}, routes, attach = () => () => {}, close = async () => {} }) {
  const port = Number(required('PORT').PORT);
  const drain = integer('SHUTDOWN_DRAIN_MS', 2000);
  let stopping = false;
  let wasUsable = true;

  const app = express();
  app.disable('x-powered-by');
  const origins = (process.env.SOCKET_IO_CORS_ORIGIN ?? '').split(',').filter(Boolean);
  if (origins.length > 0) app.use(cors({ origin: origins, maxAge: 600 }));
  app.use(express.json({ limit: '32kb' }));

  // Liveness only says that this process answers: restarting it would not bring a database back.
  const health = (_request, response) => response.json({ status: 'ok', service: name, version });
  app.get('/health', health);
  app.get('/health/ready', async (_request, response) => {
    const dependencies = await examine(checks);
    const usable = Object.values(dependencies).every((state) => state === 'ok');
    // The kubelet does not keep what its probe was answered: whoever looks for the reason later finds it in the log.
    if (usable !== wasUsable) log[usable ? 'info' : 'warn'](usable ? 'ready again' : 'not ready', { dependencies });
    wasUsable = usable;
    const ready = usable && !stopping;
    response.status(ready ? 200 : 503)
      .json({ status: ready ? 'ready' : stopping ? 'stopping' : 'unavailable', service: name, version, dependencies });
  });

  routes(app, { health });
  app.use((request) => { throw new HttpError(404, 'NOT_FOUND', `There is no ${request.method} ${request.path}.`); });
  app.use((error, request, response, next) => {
    const status = error.status ?? 500;
    if (status >= 500) log.error('request failed', { method: request.method, path: request.path, error: error.stack });
    if (response.headersSent) return next(error);
    response.status(status).json({
      error: error.code && status < 500 ? error.code : status < 500 ? 'INVALID' : 'INTERNAL',
      message: status < 500 ? error.message : 'Something went wrong on our side. Try again in a moment.',
    });
  });

  const server = http.createServer(app);
  // Longer than a load balancer's idle time-out (60 s): it must be the one to close an idle connection.
  server.keepAliveTimeout = 65_000;
  const detach = attach(server);
  server.on('error', (error) => { log.fatal('cannot listen', { port, error: error.message }); process.exit(1); });
  server.listen(port, () => log.info('listening', { service: name, version, port }));

  async function stop(signal) {
    if (stopping) return;
    stopping = true;
    log.info('stopping', { signal });
    await sleep(drain); // still serving, while load balancers notice that we are no longer ready
    const closed = new Promise((resolve) => { server.close(resolve); });
    detach();
    server.closeIdleConnections();
    const late = setTimeout(() => { log.warn('closing connections that did not finish'); server.closeAllConnections(); }, 10_000);
    await closed;
    clearTimeout(late);
    await close();
    log.info('stopped');
    process.exit(0);
  }
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => stop(signal));
}

async function examine(checks) {
  const states = await Promise.all(Object.entries(checks).map(async ([dependency, check]) => {
    try {
      await Promise.race([check(), sleep(2500, null, { ref: false }).then(() => { throw new Error('no answer in 2.5 s'); })]);
      return [dependency, 'ok'];
    } catch (error) {
      return [dependency, error.message];
    }
  }));
  return Object.fromEntries(states);
}

module.exports = { start };
