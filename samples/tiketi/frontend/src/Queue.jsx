import { useEffect, useState } from 'react';
import { io } from 'socket.io-client';
import { call, socketUrl } from './api.js';
import { won } from './Events.jsx';

/** Enters the event's queue, shows the place in it live, and sells a ticket once it is this visitor's turn. */
export function Queue({ event, token, onLeave, onExpired }) {
  const [place, setPlace] = useState(null);
  const [ticket, setTicket] = useState(null);
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);

  function show(failure) {
    if (failure.status === 401) onExpired();
    else setError(failure.message);
  }

  useEffect(() => {
    const socket = io(socketUrl, { path: '/socket.io', transports: ['websocket'], auth: { token } });
    // Asked again at every (re)connection: the queue moves on while a connection is down.
    socket.on('connect', async () => {
      try {
        setPlace(await call('POST', `/api/queue/check/${event.id}`, { token }));
        socket.emit('queue:join', { eventId: event.id });
        setError(null);
      } catch (failure) {
        show(failure);
      }
    });
    socket.on('connect_error', () => setError('The live connection is down. Trying again…'));
    socket.on('queue:update', setPlace);
    return () => { socket.disconnect(); };
  }, [event.id, token]);

  async function buy() {
    setBusy(true);
    setError(null);
    try {
      const reservation = await call('POST', '/api/tickets/reserve', { token, body: { eventId: event.id, quantity: 1 } });
      setTicket(await call('POST', '/api/payments', {
        token, body: { reservationId: reservation.id }, headers: { 'idempotency-key': `reservation-${reservation.id}` },
      }));
    } catch (failure) {
      show(failure);
    } finally {
      setBusy(false);
    }
  }

  async function leave() {
    await call('DELETE', `/api/queue/${event.id}`, { token }).catch(() => {}); // a place nobody uses runs out by itself
    onLeave();
  }

  return (
    <section className="card" aria-labelledby="queue">
      <h2 id="queue">{event.title}</h2>
      <div role="status" aria-live="polite">
        {!place && <p>Joining the queue…</p>}
        {ticket && <p className="place">Yours. Payment {ticket.id}, {won.format(ticket.amount)}.</p>}
        {!ticket && place?.admitted && <p className="place">It is your turn.</p>}
        {place && !place.admitted && <p className="place">You are number <strong>{place.position}</strong> in the queue.</p>}
      </div>
      {error && <p role="alert">{error}</p>}
      {!ticket && place?.admitted && <button disabled={busy} onClick={buy}>Buy one ticket for {won.format(event.price)}</button>}
      <button className="quiet" onClick={leave}>{ticket ? 'Back to the events' : 'Leave the queue'}</button>
    </section>
  );
}
