import { type BrowserWindow, type IpcMainEvent, ipcMain } from 'electron';
import { CALL_CHANNEL, CLOSE_CHANNEL, MESSAGE_CHANNEL } from '../../contract/bridge.ts';
import { callMessage } from '../../contract/wire.ts';
import type { EngineProcess } from './engine-process.ts';

/** No command of a screen is larger; a larger message is dropped before it is copied on. */
const MAX_CALL_CHARACTERS = 64 * 1024;

/** Hands calls from the window's own top frame to the engine and messages back; whoever else speaks is not heard. */
export function relayMessages(parts: {
  readonly window: BrowserWindow;
  readonly engine: EngineProcess;
  readonly origin: string;
}): void {
  const { window, engine, origin } = parts;
  const client = window.webContents.id;

  function isOurs(event: IpcMainEvent): boolean {
    const frame = event.senderFrame;
    return (
      event.sender === window.webContents &&
      frame !== null &&
      frame === window.webContents.mainFrame &&
      new URL(frame.url).origin === origin
    );
  }

  ipcMain.on(CALL_CHANNEL, (event, raw: unknown) => {
    if (!isOurs(event)) return;
    const call = callMessage.safeParse(raw);
    if (!call.success || JSON.stringify(call.data).length > MAX_CALL_CHARACTERS) return;
    engine.call(client, call.data);
  });
  engine.onMessage((to, message) => {
    if (window.isDestroyed() || (to !== null && to !== client)) return;
    window.webContents.send(MESSAGE_CHANNEL, message);
  });
  let died = false;
  engine.onDeath(() => {
    died = true;
    if (!window.isDestroyed()) window.webContents.send(CLOSE_CHANNEL);
  });
  // A reload starts from what the store holds, so that no screen shows what was never committed.
  engine.onReady(() => {
    if (died && !window.isDestroyed()) window.webContents.reload();
    died = false;
  });
  window.on('closed', () => engine.gone(client));
}
