'use strict';
const { randomBytes, scrypt, timingSafeEqual } = require('node:crypto');
const { promisify } = require('node:util');

// Node's own scrypt runs on its thread pool: a hash in JavaScript held up every other request, and a rush of logins the database's too.
const derive = promisify(scrypt);
const cost = { N: 16384, r: 8, p: 1 }; // Node's own defaults, some 60 ms
const length = 32;

/** "scrypt$N$r$p$salt$key"; the settings travel with the hash, so that they can be raised. */
async function hash(password) {
  const salt = randomBytes(16);
  const key = await derive(password, salt, length, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64'), key.toString('base64')].join('$');
}

async function matches(password, stored) {
  const [scheme, N, r, p, salt, key] = stored.split('$');
  if (scheme !== 'scrypt') throw new Error(`unknown password scheme ${scheme}`);
  const expected = Buffer.from(key, 'base64');
  const derived = await derive(password, Buffer.from(salt, 'base64'), expected.length, { N: Number(N), r: Number(r), p: Number(p) });
  return timingSafeEqual(derived, expected);
}

module.exports = { hash, matches };
