'use strict';
const jwt = require('jsonwebtoken');
const { required } = require('./config/environment');
const { HttpError } = require('./errors');

const { JWT_SECRET } = required('JWT_SECRET');

/** The user { id, email, name } that a token was issued to; throws HttpError 401 for anything but a valid token. */
function verify(token) {
  try {
    const claims = jwt.verify(token, JWT_SECRET, { algorithms: ['HS256'] });
    return { id: Number(claims.sub), email: claims.email, name: claims.name };
  } catch {
    throw new HttpError(401, 'UNAUTHENTICATED', 'Log in first: the token is missing, expired or not ours.');
  }
}

/** Express middleware: sets request.user from the bearer token or answers 401. */
function authenticate(request, _response, next) {
  const [scheme, token] = (request.get('authorization') ?? '').split(' ');
  request.user = verify(scheme.toLowerCase() === 'bearer' ? token : undefined);
  next();
}

module.exports = { authenticate, verify };
