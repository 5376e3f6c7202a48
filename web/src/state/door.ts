// The one-time links: their token stands in the fragment, which no server log sees, and leaves the address bar at once.
// Also why a sign-in elsewhere came to nothing: a reload does not say it again.
import { splitReason, type Reason } from '../domain/sign-in.ts';

export interface DoorWay {
  way: 'setup' | 'invite';
  token: string;
}

/** Reads a one-time link and removes its token from the address and the history. Nothing for every other address. */
export function takeDoor(): DoorWay | null {
  const way = /^\/(setup|invite)\/?$/.exec(location.pathname)?.[1];
  if (way !== 'setup' && way !== 'invite') return null;
  const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
  history.replaceState(null, '', location.pathname + location.search);
  return { way, token };
}

/** Reads why nobody was signed in, and removes it from the address. */
export function takeReason(): Reason | null {
  const { search, reason } = splitReason(location.search);
  if (search !== location.search) history.replaceState(null, '', location.pathname + search + location.hash);
  return reason;
}
