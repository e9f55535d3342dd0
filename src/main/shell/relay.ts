import { type BrowserWindow, type IpcMainEvent, ipcMain } from 'electron';
import { CALL_CHANNEL, CLOSE_CHANNEL, MESSAGE_CHANNEL } from '../../contract/bridge.ts';
import { type CallMessage, callMessage, type ReplyMessage } from '../../contract/wire.ts';
import type { EngineProcess } from './engine-process.ts';
import { MAX_CALL_CHARACTERS } from './names.ts';
import { isOwnPage } from './origin.ts';

/** Hands calls from the window's own top frame to the engine and messages back; whoever else speaks is not heard. */
export function relayMessages(parts: {
  readonly window: BrowserWindow;
  readonly engine: EngineProcess;
}): void {
  const { window, engine } = parts;
  const { webContents } = window;
  /** One a page: a reply to the page before a reload must not settle a call of the page after it. */
  let client = 0;
  let died = false;

  function isOurs(event: IpcMainEvent): boolean {
    const frame = event.senderFrame;
    return (
      event.sender === webContents &&
      frame !== null &&
      frame === webContents.mainFrame &&
      isOwnPage(frame.url)
    );
  }

  function toWindow(channel: string, message?: unknown): void {
    if (!window.isDestroyed()) webContents.send(channel, message);
  }

  ipcMain.on(CALL_CHANNEL, (event, raw: unknown) => {
    if (!isOurs(event)) return;
    const call = callMessage.safeParse(raw);
    if (!call.success) return;
    if (isSmall(call.data)) engine.call(client, call.data);
    else toWindow(MESSAGE_CHANNEL, tooLarge(call.data));
  });
  engine.onMessage((to, message) => {
    if (to === null || to === client) toWindow(MESSAGE_CHANNEL, message);
  });
  engine.onDeath(() => {
    died = true;
    toWindow(CLOSE_CHANNEL);
  });
  // A reload starts from what the store holds, so that no screen shows what was never committed.
  engine.onSettled(() => {
    if (died && !window.isDestroyed()) webContents.reload();
    died = false;
  });
  webContents.on('did-navigate', () => {
    engine.gone(client);
    client += 1;
    // Whatever this page asks waits for the engine that runs or comes now.
    died = false;
    engine.revive();
  });
  window.on('closed', () => engine.gone(client));
}

/** A structured clone may hold what JSON cannot (a cycle, a bigint); no command does. */
function isSmall(call: CallMessage): boolean {
  try {
    return JSON.stringify(call).length <= MAX_CALL_CHARACTERS;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

function tooLarge({ seq }: CallMessage): ReplyMessage {
  const error = { code: 'BAD_REQUEST', details: { where: 'size' } } as const;
  return { type: 'reply', seq, result: { ok: false, error } };
}
