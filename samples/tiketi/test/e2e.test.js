'use strict';
// The five services against a real PostgreSQL and a real Redis, two replicas of those that must work side by side.
// Run with: node --test samples/tiketi/test/e2e.test.js
const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { root, run, until, startServers, startService } = require('./servers');

let servers;
const services = {};
let ticket2;

before(async () => {
  servers = await startServers();
  const environment = { ...servers.environment, QUEUE_THRESHOLD: '2', QUEUE_PROCESSOR_INTERVAL: '300', QUEUE_ADMISSION_SECONDS: '600' };
  const start = async (name, context) => { services[name] = await startService(context, environment); };
  await start('backend', 'backend');
  await migrate();
  await Promise.all([
    start('auth', 'services/auth-service'), start('ticket', 'services/ticket-service'),
    start('payment', 'services/payment-service'), start('stats', 'services/stats-service'),
  ]);
  ticket2 = await startService('services/ticket-service', environment);
});

after(async () => {
  await Promise.all([...Object.values(services), ticket2].map((service) => service?.stop('SIGKILL')));
  await servers?.stop();
});

async function migrate() {
  const { Client } = createRequire(path.join(root, 'backend/package.json'))('pg');
  const env = servers.environment;
  const client = await until(async () => {
    const attempt = new Client({ host: env.DB_HOST, port: env.DB_PORT, database: env.DB_NAME, user: env.DB_USER, password: env.DB_PASSWORD });
    await attempt.connect();
    return attempt;
  });
  const migrations = fs.readdirSync(path.join(root, 'database/migrations')).sort().map((name) => `database/migrations/${name}`);
  for (const file of ['database/init.sql', ...migrations]) await client.query(fs.readFileSync(path.join(root, file), 'utf8'));
  await client.end();
}

async function call(service, method, target, { token, body, headers } = {}) {
  const response = await fetch(service.url + target, {
    method,
    headers: { ...(body && { 'content-type': 'application/json' }), ...(token && { authorization: `Bearer ${token}` }), ...headers },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : null };
}

let people = 0;
async function person() {
  const body = { email: `person${++people}@example.com`, password: 'correct horse', name: `Person ${people}` };
  const { status } = await call(services.auth, 'POST', '/api/auth/register', { body });
  assert.equal(status, 201);
  const { body: session } = await call(services.auth, 'POST', '/api/auth/login', { body });
  return session;
}

const { io } = createRequire(path.join(root, 'frontend/package.json'))('socket.io-client');
async function follow(service, token, eventId) {
  const socket = io(service.url, { transports: ['websocket'], auth: { token }, reconnection: false });
  await new Promise((resolve, reject) => { socket.on('connect', resolve); socket.on('connect_error', reject); });
  const seen = { updates: [], admitted: [] };
  socket.on('queue:update', (place) => seen.updates.push(place));
  socket.on('queue:admitted', (place) => seen.admitted.push(place));
  const place = await socket.emitWithAck('queue:join', { eventId });
  return { socket, seen, place };
}

test('every service is alive and ready', async () => {
  for (const [name, service] of Object.entries(services)) {
    assert.equal((await call(service, 'GET', '/health')).body.status, 'ok', name);
    const ready = await until(async () => {
      const answer = await call(service, 'GET', '/health/ready');
      return answer.status === 200 && answer;
    });
    assert.equal(ready.body.dependencies.database, 'ok');
  }
  assert.equal((await call(services.auth, 'GET', '/api/auth/health')).status, 200);
});

test('accounts: bad input, a taken address and a wrong password are refused', async () => {
  const { user } = await person();
  const credentials = { email: user.email, password: 'correct horse' };
  assert.equal((await call(services.auth, 'POST', '/api/auth/register', { body: credentials })).body.error, 'EMAIL_TAKEN');
  assert.equal((await call(services.auth, 'POST', '/api/auth/login', { body: { ...credentials, password: 'wrong horse' } })).status, 401);
  assert.equal((await call(services.auth, 'POST', '/api/auth/register', { body: { email: 'nobody', password: 'x' } })).status, 400);
  assert.equal((await call(services.backend, 'POST', '/api/queue/check/1', { token: 'forged' })).status, 401);
});

test('the whole way: queue over HTTP and Socket.IO, reserve, pay once, statistics', async () => {
  const [first, second, third] = [await person(), await person(), await person()];
  const enter = (who) => call(services.backend, 'POST', '/api/queue/check/1', { token: who.token });

  const { body: { events } } = await call(services.ticket, 'GET', '/api/tickets/events');
  assert.equal(events.length, 4);
  assert.equal((await call(services.ticket, 'POST', '/api/tickets/reserve', { token: third.token, body: { eventId: 1 } })).body.error, 'NOT_ADMITTED');

  // Two fit, the third waits, and each replica of ticket-service tells its own client when the turn comes.
  assert.equal((await enter(first)).body.admitted, true);
  assert.equal((await enter(second)).body.admitted, true);
  const waiting = (await enter(third)).body;
  assert.deepEqual([waiting.admitted, waiting.position], [false, 1]);
  const followers = [await follow(services.ticket, third.token, 1), await follow(ticket2, third.token, 1)];
  assert.deepEqual(followers[0].place, { eventId: 1, admitted: false, position: 1, waiting: 1 });
  assert.equal((await call(services.backend, 'DELETE', '/api/queue/1', { token: second.token })).status, 204);
  await until(() => followers.every(({ seen }) => seen.admitted.length === 1));
  assert.equal(followers[0].seen.admitted[0].admitted, true);
  followers.forEach(({ socket }) => socket.disconnect());

  const reserved = await call(services.ticket, 'POST', '/api/tickets/reserve', { token: third.token, body: { eventId: 1, quantity: 2 } });
  assert.equal(reserved.status, 201);
  const pay = () => call(services.payment, 'POST', '/api/payments', {
    token: third.token, body: { reservationId: reserved.body.id }, headers: { 'idempotency-key': 'once' },
  });
  const payments = await Promise.all([pay(), pay(), pay()]);
  assert.deepEqual(payments.map(({ status }) => status).sort(), [200, 200, 201]);
  assert.equal(new Set(payments.map(({ body }) => body.id)).size, 1);
  assert.equal(payments[0].body.amount, 2 * events[0].price);
  assert.equal((await call(services.payment, 'GET', '/api/payments', { token: third.token })).body.payments.length, 1);
  assert.equal((await call(services.payment, 'GET', '/api/payments', { token: first.token })).body.payments.length, 0);

  const { body: stats } = await call(services.stats, 'GET', '/api/stats');
  assert.deepEqual(stats.reservations, { pending: 0, confirmed: 1 });
  assert.deepEqual(stats.payments, { count: 1, amount: 2 * events[0].price });
  assert.deepEqual(stats.queues, [{ eventId: 1, waiting: 0, admitted: 2 }]);
});

test('an account without reservations can be closed', async () => {
  const visitor = await person();
  assert.equal((await call(services.auth, 'DELETE', '/api/auth/me', { token: visitor.token })).status, 204);
  const again = { email: visitor.user.email, password: 'correct horse' };
  assert.equal((await call(services.auth, 'POST', '/api/auth/login', { body: again })).status, 401);
  assert.equal((await call(services.auth, 'DELETE', '/api/auth/me', { token: 'forged' })).status, 401);
});

test('a picture is kept in S3, and only its owner gets it', async () => {
  const [owner, other] = [await person(), await person()];
  const send = (method, { token }, body) => fetch(`${services.auth.url}/api/auth/me/picture`, {
    method, body, headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'image/png' }) },
  });
  const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
  assert.equal((await send('PUT', owner, png)).status, 200);
  const back = await send('GET', owner);
  assert.equal(back.headers.get('content-type'), 'image/png');
  assert.deepEqual(Buffer.from(await back.arrayBuffer()), png);
  assert.equal((await send('GET', other)).status, 404);
  assert.equal((await send('PUT', other, 'no picture')).status, 400);
  assert.equal((await send('PUT', other, Buffer.alloc(2 ** 20 + 1))).status, 413);
  assert.equal((await send('PUT', { token: 'forged' }, png)).status, 401);
});

test('a socket without a token is refused', async () => {
  await assert.rejects(follow(services.ticket, 'forged', 1), /Log in first/);
});

test('the guide\'s checks from inside a pod work as one-liners', () => {
  const exec = (context, script) => execFileSync('node', ['-e', script], {
    cwd: path.join(root, context), env: { PATH: process.env.PATH, ...servers.environment }, timeout: 5000,
  }).toString();
  exec('backend', "require('./src/config/database').query('SELECT NOW()')");
  const ping = "const redis = require('./src/config/redis'); redis.ping().then(console.log).finally(() => redis.quit())";
  assert.equal(exec('services/ticket-service', ping).trim(), 'PONG');
});

test('without Redis a service is alive but not ready, and recovers by itself', async () => {
  const environment = servers.environment;
  await servers.servers.redis.stop();
  const down = await call(services.backend, 'GET', '/health/ready');
  assert.equal(down.status, 503);
  assert.notEqual(down.body.dependencies.redis, 'ok');
  assert.equal((await call(services.backend, 'GET', '/health')).status, 200);
  await until(() => services.backend.output.includes('"message":"not ready","dependencies":{"database":"ok","redis":"'));
  servers.servers.redis = run('redis-server',
    ['--port', servers.redisPort, '--bind', '127.0.0.1', '--requirepass', environment.REDIS_PASSWORD, '--save', ''], { cwd: servers.directory });
  await until(async () => (await call(services.backend, 'GET', '/health/ready')).status === 200);
});

test('SIGTERM: not ready at once, still serving, then exit code 0; no secret in the log', async () => {
  const service = services.ticket;
  const { token } = await person();
  const { socket } = await follow(service, token, 1);
  service.child.kill('SIGTERM');
  await until(async () => (await call(service, 'GET', '/health/ready')).body.status === 'stopping');
  assert.equal((await call(service, 'GET', '/api/tickets/events')).status, 200);
  assert.equal(await service.ended, 0);
  assert.equal(socket.connected, false);
  for (const secret of [servers.password, servers.environment.JWT_SECRET, token]) assert.ok(!service.output.includes(secret));
});

test('a missing variable ends the start with its name', async () => {
  const { DB_HOST, JWT_SECRET, ...rest } = servers.environment;
  const service = run('node', ['src/index.js'], { cwd: path.join(root, 'services/auth-service'), env: { PATH: process.env.PATH, ...rest, PORT: '1' } });
  assert.equal(await service.ended, 1);
  assert.match(service.output, /missing environment variable: DB_HOST/);
});

test('files that the services share are the same everywhere', () => {
  // Every image is built from its own directory, so each holds its own copy of the few common files.
  for (const service of ['auth-service', 'ticket-service', 'payment-service', 'stats-service']) {
    for (const file of ['src/service.js', 'src/log.js', 'src/errors.js', 'src/authenticate.js', 'src/config/environment.js', 'src/config/database.js', 'src/config/redis.js']) {
      const copy = path.join(root, 'services', service, file);
      if (!fs.existsSync(copy)) continue;
      assert.equal(fs.readFileSync(copy, 'utf8'), fs.readFileSync(path.join(root, 'backend', file), 'utf8'), `${service}/${file} differs from backend/${file}`);
    }
  }
});
