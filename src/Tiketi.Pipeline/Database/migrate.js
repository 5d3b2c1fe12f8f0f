'use strict';
// Runs inside the cluster, in the backend's image, as a Job: first init.sql, then the migrations in the order of their
// names, each once and each in its own transaction. One JSON line per file on standard output.
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { Client } = require('pg');

const lock = 7_206_011_972_027_081n; // any number that only Tiketi's migrations use; it fits PostgreSQL's bigint
const directory = process.argv[2] ?? __dirname;
// The kubelet keeps what is written here in the pod's status, where it can be read even when logs cannot.
const terminationLog = '/dev/termination-log';

function say(entry) {
  const line = `${JSON.stringify(entry)}\n`;
  process.stdout.write(line);
  if (fs.existsSync(terminationLog)) fs.appendFileSync(terminationLog, line);
}

function files() {
  const names = fs.readdirSync(directory).filter((name) => name.endsWith('.sql') && name !== 'init.sql').sort();
  if (fs.existsSync(path.join(directory, 'init.sql'))) names.unshift('init.sql');
  return names.map((name) => {
    const sql = fs.readFileSync(path.join(directory, name), 'utf8');
    return { name, sql, checksum: crypto.createHash('sha256').update(sql).digest('hex') };
  });
}

/** Connects; a database that does not answer yet (it may be failing over) is asked again for a minute. */
async function connect() {
  const ssl = { false: false, true: { rejectUnauthorized: false }, 'verify-full': { rejectUnauthorized: true } }[process.env.DB_SSL || 'false'];
  for (const end = Date.now() + 60_000; ;) {
    const client = new Client({
      host: process.env.DB_HOST, port: Number(process.env.DB_PORT), database: process.env.DB_NAME,
      user: process.env.DB_USER, password: process.env.DB_PASSWORD, ssl, connectionTimeoutMillis: 5000,
    });
    try {
      await client.connect();
      return client;
    } catch (error) {
      const hopeless = error.code?.startsWith('28') || error.code === '3D000'; // wrong password, no such database
      if (hopeless || Date.now() > end) throw new Error(`cannot connect to ${process.env.DB_HOST}:${process.env.DB_PORT}: ${error.message}`);
      await new Promise((resolve) => { setTimeout(resolve, 1000); });
    }
  }
}

async function apply(client, { name, sql, checksum }) {
  const started = Date.now();
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query('INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)', [name, checksum]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    const line = error.position ? `:${sql.slice(0, Number(error.position)).split('\n').length}` : '';
    throw new Error(`${name}${line}: ${error.message}${error.detail ? ` (${error.detail})` : ''}`);
  }
  say({ applied: name, milliseconds: Date.now() - started });
}

async function main() {
  const wanted = files();
  const client = await connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [lock.toString()]); // let go with the connection
    await client.query(`CREATE TABLE IF NOT EXISTS schema_migrations (
      name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`);
    const { rows } = await client.query('SELECT name, checksum FROM schema_migrations');
    const recorded = new Map(rows.map((row) => [row.name, row.checksum]));
    for (const { name, checksum } of wanted) {
      if (recorded.has(name) && recorded.get(name) !== checksum) {
        throw new Error(`${name} was changed after it had been applied. Restore it and put the change into a new migration.`);
      }
    }
    const missing = [...recorded.keys()].filter((name) => !wanted.some((file) => file.name === name)).sort();
    if (missing.length > 0) throw new Error(`already applied, but missing here: ${missing.join(', ')}. Restore the files.`);
    for (const file of wanted.filter(({ name }) => !recorded.has(name))) await apply(client, file);
  } finally {
    await client.end();
  }
}

main().catch((error) => {
  say({ failed: error.message });
  process.exit(1);
});
