import { APP_HOST, APP_SCHEME } from './names.ts';

/**
 * Whether an address is one of our own pages. Compared by parts: Node's URL gives 'null' as the origin of every
 * scheme that the URL standard does not list, so `new URL(…).origin` cannot tell app:// from file://.
 */
export function isOwnPage(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, host, username, password } = new URL(address);
  return protocol === `${APP_SCHEME}:` && host === APP_HOST && username === '' && password === '';
}
