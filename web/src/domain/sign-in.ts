// Why nobody was signed in by the office's identity provider, in the server's words.

/** The parameter with the reason, on the page that the server sends a browser back to. */
export const REASON_PARAM = 'sign-in';

/** Another account at the provider may be let in; the provider must ask again who it is. */
export const REASONS_OF_ACCOUNT = ['name', 'name_taken', 'no_role', 'disabled'] as const;
export const REASONS = ['cancelled', 'ended', 'unreachable', 'refused', 'failed', ...REASONS_OF_ACCOUNT] as const;
export type Reason = (typeof REASONS)[number];

/** An address without the reason, and the reason that was in it; words of others mean nothing. */
export function splitReason(search: string): { search: string; reason: Reason | null } {
  const params = new URLSearchParams(search);
  const word = params.get(REASON_PARAM);
  if (word === null) return { search, reason: null };
  params.delete(REASON_PARAM);
  const rest = params.toString();
  return { search: rest && `?${rest}`, reason: REASONS.find((reason) => reason === word) ?? null };
}
