import { useState } from 'react';
import { call } from './api.js';

export function LogIn({ onLogIn }) {
  const [isNew, setIsNew] = useState(false);
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);

  async function submit(submitted) {
    submitted.preventDefault();
    const body = Object.fromEntries(new FormData(submitted.currentTarget));
    setBusy(true);
    setError(null);
    try {
      onLogIn(await call('POST', isNew ? '/api/auth/register' : '/api/auth/login', { body }));
    } catch (failure) {
      setError(failure.message);
      setBusy(false);
    }
  }

  return (
    <form className="card" onSubmit={submit}>
      <h2>{isNew ? 'Create an account' : 'Log in'}</h2>
      {isNew && <label>Name <input name="name" autoComplete="name" required maxLength={100} /></label>}
      <label>E-mail <input name="email" type="email" autoComplete="email" required /></label>
      <label>Password <input name="password" type="password" autoComplete={isNew ? 'new-password' : 'current-password'} required minLength={8} /></label>
      {error && <p role="alert">{error}</p>}
      <button disabled={busy}>{isNew ? 'Create account' : 'Log in'}</button>
      <button type="button" className="quiet" onClick={() => { setIsNew(!isNew); setError(null); }}>
        {isNew ? 'I have an account' : 'I am new here'}
      </button>
    </form>
  );
}
