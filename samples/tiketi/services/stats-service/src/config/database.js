'use strict';
const { Pool } = require('pg');
const log = require('../log');
const { required, integer } = require('./environment');

const env = required('DB_HOST', 'DB_PORT', 'DB_NAME', 'DB_USER', 'DB_PASSWORD');

// "true" encrypts, like libpq's sslmode=require; "verify-full" also checks the server's certificate against the
// authorities that Node knows and those in NODE_EXTRA_CA_CERTS, where RDS's certificate bundle belongs.
const ssl = {
  false: false,
  true: { rejectUnauthorized: false },
  'verify-full': { rejectUnauthorized: true },
}[process.env.DB_SSL || 'false'];
if (ssl === undefined) {
  log.fatal(`DB_SSL must be false, true or verify-full, not "${process.env.DB_SSL}"`);
  process.exit(1);
}

const pool = new Pool({
  host: env.DB_HOST,
  port: Number(env.DB_PORT),
  database: env.DB_NAME,
  user: env.DB_USER,
  password: env.DB_PASSWORD,
  ssl,
  max: integer('DB_POOL_SIZE', 10),
  connectionTimeoutMillis: 3000,
  statement_timeout: 10000,
  allowExitOnIdle: true, // so that a one-off `node -e` query ends by itself
});

// An idle connection that breaks (a fail-over, say) is replaced at the next query; unhandled, the event would end the process.
pool.on('error', (error) => log.warn('database connection lost', { error: error.message }));

/** Runs work(client) in one transaction: committed when it returns, rolled back when it throws. */
async function transaction(work) {
  const client = await pool.connect();
  let broken;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((rollbackError) => { broken = rollbackError; });
    throw error;
  } finally {
    client.release(broken);
  }
}

module.exports = {
  query: (text, values) => pool.query(text, values),
  transaction,
  close: () => pool.end(),
};
