import type { EventEmitter } from 'node:events';

/** The handlers by which the shell answers what a page may do. */
export interface Guards {
  permissionRequest?:
    | ((contents: object, permission: string, answer: (granted: boolean) => void) => void)
    | undefined;
  permissionCheck?: ((contents: object, permission: string) => boolean) | undefined;
  devicePermission?: ((details: { deviceType: string }) => boolean) | undefined;
  windowOpen?: ((details: { url: string }) => { action: 'allow' | 'deny' }) | undefined;
}

const PERMISSIONS = [
  ...['media', 'geolocation', 'notifications', 'fullscreen', 'openExternal', 'clipboard-read', 'midi'],
  ...['pointerLock', 'display-capture', 'storage-access', 'fileSystem', 'usb', 'hid', 'serial', 'unknown'],
];
const ADDRESSES = [
  ...[
    'https://example.com/',
    'http://counter/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,x',
  ],
  ...['app://counter.example/', 'app://user@counter/', 'app://other/', 'about:blank', '', 'app://counter'],
];
const DOWNLOADS = [
  'https://example.com/x.exe',
  'file:///etc/passwd',
  'blob:https://example.com/1',
  'app://counter/',
];

/** Asks every guard once, as Chromium would; `null` = the shell has set no such guard. */
export function answersOf(guards: Guards, contents: EventEmitter, session: EventEmitter): object {
  const granted = (permission: string): boolean | null => {
    let answer: boolean | null = null;
    guards.permissionRequest?.(contents, permission, (given) => {
      answer = given;
    });
    return answer;
  };
  const prevented = (on: EventEmitter, event: string, ...rest: unknown[]): boolean => {
    let stopped = false;
    const [first = {}, ...others] = rest;
    on.emit(event, Object.assign(first as object, { preventDefault: () => (stopped = true) }), ...others);
    return stopped;
  };
  const each = <T>(all: readonly string[], ask: (one: string) => T) =>
    Object.fromEntries(all.map((one) => [one, ask(one)]));
  return {
    permissionRequest: each(PERMISSIONS, granted),
    permissionCheck: each(PERMISSIONS, (one) => guards.permissionCheck?.(contents, one) ?? null),
    devicePermission: each(
      ['usb', 'hid', 'serial'],
      (d) => guards.devicePermission?.({ deviceType: d }) ?? null,
    ),
    windowOpen: each(ADDRESSES, (url) => guards.windowOpen?.({ url }).action ?? null),
    navigationStopped: each(ADDRESSES, (url) => prevented(contents, 'will-navigate', { url })),
    redirectStopped: each(ADDRESSES, (url) => prevented(contents, 'will-redirect', { url })),
    ownPageStopped: prevented(contents, 'will-navigate', { url: 'app://counter/index.html' }),
    webviewStopped: prevented(contents, 'will-attach-webview'),
    downloadStopped: each(DOWNLOADS, (url) => prevented(session, 'will-download', {}, { getURL: () => url })),
    ownDownloadStopped: prevented(session, 'will-download', {}, { getURL: () => 'blob:app://counter/1' }),
  };
}
