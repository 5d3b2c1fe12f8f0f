'use strict';
const database = require('./config/database');
const { authenticate } = require('./authenticate');
const payments = require('./payments');
const { start } = require('./service');

start({
  name: 'payment-service',
  checks: { database: () => database.query('SELECT 1') },
  routes: (app, { health }) => {
    app.get('/api/payments/health', health);
    app.post('/api/payments', authenticate, payments.create);
    app.get('/api/payments', authenticate, payments.list);
  },
  close: () => database.close(),
});
