'use strict';
const express = require('express');
const jwt = require('jsonwebtoken');
const database = require('./config/database');
const { authenticate } = require('./authenticate');
const { required } = require('./config/environment');
const { HttpError } = require('./errors');
const passwords = require('./passwords');
const pictures = require('./pictures');
const { start } = require('./service');

const { JWT_SECRET } = required('JWT_SECRET');
const uniqueViolation = '23505';
const foreignKeyViolation = '23503';
const picture = express.raw({ type: 'image/*', limit: '1mb' });
// Compared with when the e-mail address is unknown, so that the answer takes as long as for a known one.
const nobody = passwords.hash('nobody');

function credentials({ email, password } = {}) {
  if (typeof email !== 'string' || !/^[^\s@]+@[^\s@]+$/.test(email) || email.length > 254) {
    throw new HttpError(400, 'INVALID', 'email must be an e-mail address.');
  }
  if (typeof password !== 'string' || password.length < 8 || password.length > 128) {
    throw new HttpError(400, 'INVALID', 'password must have at least 8 characters and at most 128.');
  }
  return { email: email.toLowerCase(), password };
}

function session(user) {
  const token = jwt.sign({ email: user.email, name: user.name }, JWT_SECRET, { subject: String(user.id), expiresIn: '12h' });
  return { token, user: { id: user.id, email: user.email, name: user.name } };
}

async function register(request, response) {
  const { email, password } = credentials(request.body);
  const name = String(request.body.name ?? email.split('@')[0]).trim().slice(0, 100);
  const hash = await passwords.hash(password);
  try {
    const { rows } = await database.query(
      'INSERT INTO users (email, name, password_hash) VALUES ($1, $2, $3) RETURNING id, email, name', [email, name, hash]);
    response.status(201).json(session(rows[0]));
  } catch (error) {
    if (error.code === uniqueViolation) throw new HttpError(409, 'EMAIL_TAKEN', 'There is an account with this e-mail address already.');
    throw error;
  }
}

async function login(request, response) {
  const { email, password } = credentials(request.body);
  const { rows: [user] } = await database.query('SELECT id, email, name, password_hash FROM users WHERE email = $1', [email]);
  const matches = await passwords.matches(password, user?.password_hash ?? await nobody);
  if (!user || !matches) throw new HttpError(401, 'WRONG_CREDENTIALS', 'The e-mail address or the password is wrong.');
  response.json(session(user));
}

/** Closes one's own account, as long as nothing was bought with it: what was sold has to stay on the books. */
async function close(request, response) {
  try {
    await database.query('DELETE FROM users WHERE id = $1', [request.user.id]);
    response.status(204).end();
  } catch (error) {
    if (error.code === foreignKeyViolation) throw new HttpError(409, 'HAS_RESERVATIONS', 'This account has reservations, so it stays.');
    throw error;
  }
}

async function setPicture(request, response) {
  const name = await pictures.store(request.body);
  await database.query('UPDATE users SET picture = $1 WHERE id = $2', [name, request.user.id]);
  response.json({ picture: name });
}

async function getPicture(request, response) {
  const { rows: [user] } = await database.query('SELECT picture FROM users WHERE id = $1', [request.user.id]);
  if (!user?.picture) throw new HttpError(404, 'NO_PICTURE', 'This account has no picture.');
  const { type, bytes } = await pictures.load(user.picture);
  response.set({ 'content-type': type, 'cache-control': 'private, no-cache', 'x-content-type-options': 'nosniff' }).send(bytes);
}

start({
  name: 'auth-service',
  checks: { database: () => database.query('SELECT 1') },
  routes: (app, { health }) => {
    app.get('/api/auth/health', health);
    app.post('/api/auth/register', register);
    app.post('/api/auth/login', login);
    app.delete('/api/auth/me', authenticate, close);
    app.put('/api/auth/me/picture', authenticate, picture, setPicture);
    app.get('/api/auth/me/picture', authenticate, getPicture);
  },
  close: () => database.close(),
});
