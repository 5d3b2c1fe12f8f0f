'use strict';

/** An answer other than success: an HTTP status, a code for programs and a message for people. */
class HttpError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The path or body value as a whole number >= 1; throws HttpError 400 naming it. */
function positiveInteger(value, name) {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 2 ** 31 - 1) {
    throw new HttpError(400, 'INVALID', `${name} must be a whole number of at least 1.`);
  }
  return number;
}

module.exports = { HttpError, positiveInteger };
