'use strict';

/** One JSON line per entry on standard output, which is where the cluster's log collectors read. */
function write(level, message, details = {}) {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...details })}\n`);
}

module.exports = {
  info: (message, details) => write('info', message, details),
  warn: (message, details) => write('warn', message, details),
  error: (message, details) => write('error', message, details),
  fatal: (message, details) => write('fatal', message, details),
};
