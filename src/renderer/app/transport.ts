import type { CounterBridge } from '../../contract/bridge.ts';
import type { Transport } from '../../contract/client.ts';
import { webTransport } from './web-transport.ts';

declare global {
  interface Window {
    /** The bridge that the preload script exposes in Electron; absent in the web host. */
    readonly counter?: CounterBridge;
  }
}

/** The way to the engine: Electron's bridge where there is one, else the web host's stream. */
export function findTransport(): Transport {
  return window.counter ?? webTransport();
}
