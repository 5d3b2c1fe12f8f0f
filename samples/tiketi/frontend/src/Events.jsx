import { useEffect, useState } from 'react';
import { call } from './api.js';

const date = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'short', timeZone: 'Asia/Seoul' });
export const won = new Intl.NumberFormat('en', { style: 'currency', currency: 'KRW' });

export function Events({ onJoin }) {
  const [events, setEvents] = useState(null);
  const [error, setError] = useState(null);

  useEffect(() => {
    call('GET', '/api/tickets/events').then((answer) => setEvents(answer.events), (failure) => setError(failure.message));
  }, []);

  if (error) return <p role="alert">{error}</p>;
  if (!events) return <p role="status">Loading events…</p>;
  return (
    <section aria-labelledby="events">
      <h2 id="events">On sale</h2>
      <ul className="events">
        {events.map((event) => (
          <li className="card" key={event.id}>
            <h3>{event.title}</h3>
            <p>{event.venue}<br /><time dateTime={event.startsAt}>{date.format(new Date(event.startsAt))}</time></p>
            <p><strong>{won.format(event.price)}</strong> · {event.available > 0 ? `${event.available} seats left` : 'sold out'}</p>
            <button disabled={event.available === 0} onClick={() => onJoin(event)} aria-label={`Join the queue for ${event.title}`}>
              Join the queue
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
