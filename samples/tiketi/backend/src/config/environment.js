'use strict';
const log = require('../log');

/**
 * The named environment variables as an object. The process ends when one is missing, naming every
 * missing one: a service that started without its configuration would only fail later and less clearly.
 */
function required(...names) {
  const missing = names.filter((name) => !process.env[name]);
  if (missing.length > 0) {
    log.fatal(`missing environment variable${missing.length > 1 ? 's' : ''}: ${missing.join(', ')}`);
    process.exit(1);
  }
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

/** A whole number >= 1 from the environment, or the fallback where the variable is not set. */
function integer(name, fallback) {
  const text = process.env[name] ?? String(fallback);
  if (!/^[1-9]\d*$/.test(text)) {
    log.fatal(`environment variable ${name} must be a whole number of at least 1, not "${text}"`);
    process.exit(1);
  }
  return Number(text);
}

module.exports = { required, integer };
