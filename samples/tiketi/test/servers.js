'use strict';
const { execFileSync, spawn } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

const root = path.join(__dirname, '..');

/** A port nobody listens on now. */
function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Calls check() until it returns something true, or throws its last error after `seconds`. */
async function until(check, seconds = 20) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    let error;
    try {
      const result = await check();
      if (result) return result;
    } catch (caught) {
      error = caught;
    }
    if (Date.now() > end) throw error ?? new Error(`not within ${seconds} s: ${check}`);
    await sleep(100);
  }
}

/** A process whose output can be read; stop() ends it and answers with its exit code. */
function run(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const started = { child, output: '' };
  const ended = new Promise((resolve) => { child.on('exit', (code, signal) => resolve(code ?? signal)); });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => { started.output += text; });
  started.ended = ended;
  started.stop = (signal = 'SIGTERM') => { child.kill(signal); return ended; };
  return started;
}

// PostgreSQL refuses to run as root; its Debian package brings a user for it. setpriv, unlike su, becomes the server: signals reach it.
const asPostgres = process.getuid() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : [];
const postgresBin = () => {
  const versions = fs.existsSync('/usr/lib/postgresql') ? fs.readdirSync('/usr/lib/postgresql').sort((a, b) => a - b) : [];
  if (versions.length === 0) throw new Error('PostgreSQL is missing: apt-get install -y postgresql redis-server');
  return `/usr/lib/postgresql/${versions.at(-1)}/bin`;
};

/** An empty PostgreSQL and an empty Redis with passwords, an S3 (moto) with a bucket, and the environment with which the services reach them. */
async function startServers() {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'tiketi-e2e-'));
  fs.chmodSync(directory, 0o777);
  const [databasePort, redisPort, awsPort] = [await freePort(), await freePort(), await freePort()];
  const password = 'only-for-this-test';
  fs.writeFileSync(path.join(directory, 'password'), password);
  const bin = postgresBin();
  const postgresArgs = (...args) => [...asPostgres, ...args];
  const exec = ([command, ...args]) => execFileSync(command, args, { stdio: 'pipe', cwd: directory });
  exec(postgresArgs(`${bin}/initdb`, '-D', `${directory}/pg`, '-U', 'tiketi', '-A', 'scram-sha-256', `--pwfile=${directory}/password`, '-N'));
  const [command, ...args] = postgresArgs(`${bin}/postgres`, '-D', `${directory}/pg`, '-p', databasePort, '-k', directory, '-c', 'fsync=off');
  const servers = {
    database: run(command, args, { cwd: directory }),
    aws: run('moto_server', ['-H', '127.0.0.1', '-p', awsPort]),
    redis: run('redis-server', ['--port', redisPort, '--bind', '127.0.0.1', '--requirepass', password, '--save', ''], { cwd: directory }),
  };
  const environment = {
    DB_HOST: '127.0.0.1', DB_PORT: String(databasePort), DB_NAME: 'postgres', DB_USER: 'tiketi', DB_PASSWORD: password,
    REDIS_HOST: '127.0.0.1', REDIS_PORT: String(redisPort), REDIS_PASSWORD: password,
    JWT_SECRET: 'x'.repeat(64), SHUTDOWN_DRAIN_MS: '300',
    AWS_REGION: 'ap-northeast-2', AWS_S3_BUCKET: 'uploads', AWS_ENDPOINT_URL: `http://127.0.0.1:${awsPort}`, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: password,
  };
  await until(async () => (await fetch(`${environment.AWS_ENDPOINT_URL}/uploads`, { method: 'PUT' })).ok);
  const stop = async () => {
    await Promise.all([servers.database.stop('SIGINT'), servers.redis.stop(), servers.aws.stop()]);
    fs.rmSync(directory, { recursive: true, force: true });
  };
  return { environment, servers, redisPort, directory, password, stop };
}

/** Starts one service on a free port and waits until it answers; `url` is its address. */
async function startService(context, environment) {
  const directory = path.join(root, context);
  if (!fs.existsSync(path.join(directory, 'node_modules'))) execFileSync('npm', ['ci', '--omit=dev'], { cwd: directory, stdio: 'pipe' });
  const port = await freePort();
  const service = run('node', ['src/index.js'], { cwd: directory, env: { PATH: process.env.PATH, ...environment, PORT: String(port) } });
  service.url = `http://127.0.0.1:${port}`;
  try {
    await until(async () => (await fetch(`${service.url}/health`)).ok);
  } catch (error) {
    throw new Error(`${context} did not start: ${error.message}\n${service.output}`);
  }
  return service;
}

module.exports = { root, run, until, startServers, startService };
