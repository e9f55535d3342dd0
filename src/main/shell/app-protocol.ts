import { type Protocol, protocol } from 'electron';
import { readStaticFile } from '../engine/static-files.ts';
import { APP_SCHEME } from './names.ts';
import { isOwnPage } from './origin.ts';

/** Must run before the program is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** app://counter/… gives the renderer's build and nothing else; file:// is not used. */
export function serveApp(target: Protocol, root: string): void {
  target.handle(APP_SCHEME, async (request) => {
    if (!isOwnPage(request.url) || request.method !== 'GET') return new Response(null, { status: 404 });
    const file = await readStaticFile(root, new URL(request.url).pathname);
    return new Response(file.body, { status: file.status, headers: file.headers });
  });
}
