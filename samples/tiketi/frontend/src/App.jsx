import { useState } from 'react';
import { Events } from './Events.jsx';
import { LogIn } from './LogIn.jsx';
import { Queue } from './Queue.jsx';

const saved = () => JSON.parse(sessionStorage.getItem('tiketi.session') ?? 'null');

export function App() {
  const [session, setSession] = useState(saved);
  const [event, setEvent] = useState(null);

  function logIn(next) {
    sessionStorage.setItem('tiketi.session', JSON.stringify(next));
    setSession(next);
  }
  function logOut() {
    sessionStorage.removeItem('tiketi.session');
    setSession(null);
    setEvent(null);
  }

  return (
    <>
      <header>
        <h1>Tiketi</h1>
        {session && <p>{session.user.name} <button className="quiet" onClick={logOut}>Log out</button></p>}
      </header>
      <main>
        {!session && <LogIn onLogIn={logIn} />}
        {session && !event && <Events onJoin={setEvent} />}
        {session && event && <Queue key={event.id} event={event} token={session.token} onLeave={() => setEvent(null)} onExpired={logOut} />}
      </main>
    </>
  );
}
