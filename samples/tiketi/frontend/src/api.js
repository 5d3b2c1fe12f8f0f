const base = import.meta.env.REACT_APP_API_URL;
export const socketUrl = import.meta.env.REACT_APP_SOCKET_URL;

/** Calls the API; the answer's JSON, or an Error whose message can be shown as it is. */
export async function call(method, path, { token, body, headers } = {}) {
  let response;
  try {
    response = await fetch(base + path, {
      method,
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: body && JSON.stringify(body),
    });
  } catch {
    throw new Error('Tiketi cannot be reached. Check your connection and try again.');
  }
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => null);
  if (response.ok && answer) return answer;
  const error = new Error(answer?.message ?? `Tiketi answered with status ${response.status}. Try again in a moment.`);
  error.status = response.status;
  throw error;
}
