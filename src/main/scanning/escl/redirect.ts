import { CounterError } from '../../../contract/errors.ts';
import type { EsclResponse } from './http.ts';

const REDIRECTS = [301, 302, 303, 307, 308];

/**
 * Where a device sends a question to: its eSCL root over https, as devices do whose owner turned http off. Followed
 * only to the same host and to the same resource, and never from https down to http: an answer over plain http may
 * come from anybody, and must not make this counter ask another machine.
 *
 * @param base root that was asked, @param resource last part of the path that was asked
 * @returns the new root; undefined where the answer is no redirect
 * @throws CounterError SCANNER_PROTOCOL (`what`: redirect)
 */
export function redirectedBase(base: URL, resource: string, answer: EsclResponse): URL | undefined {
  if (!REDIRECTS.includes(answer.status)) return undefined;
  const location = answer.headers.location ?? '';
  if (location === '' || !URL.canParse(location, base)) return undefined;
  const target = new URL(location, base);
  const refuse = (reason: string) => new CounterError('SCANNER_PROTOCOL', { what: 'redirect', reason });
  if (target.hostname !== base.hostname) throw refuse('other-host');
  if (target.protocol !== 'https:' && target.protocol !== base.protocol) throw refuse('other-scheme');
  const path = target.pathname.replace(/\/+$/, '');
  if (!path.endsWith(`/${resource}`)) throw refuse('other-resource');
  const root = path.slice(0, -resource.length - 1);
  const moved = new URL(base);
  moved.protocol = target.protocol;
  moved.port = target.port;
  moved.pathname = root === '' ? '/eSCL' : root;
  if (moved.href === base.href) throw refuse('loop');
  return moved;
}
