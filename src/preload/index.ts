import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron';
import { CALL_CHANNEL, CLOSE_CHANNEL, type CounterBridge, MESSAGE_CHANNEL } from '../contract/bridge.ts';

/** Hands on the payload alone: an IPC event object would carry the sender into the page. */
function listen(channel: string, handler: (payload: unknown) => void): () => void {
  const listener = (_event: IpcRendererEvent, payload: unknown) => handler(payload);
  ipcRenderer.on(channel, listener);
  return () => ipcRenderer.removeListener(channel, listener);
}

const bridge: CounterBridge = {
  send: (message) => ipcRenderer.send(CALL_CHANNEL, message),
  onMessage: (handler) => listen(MESSAGE_CHANNEL, handler),
  onClose: (handler) => listen(CLOSE_CHANNEL, () => handler()),
};

contextBridge.exposeInMainWorld('counter', bridge);
