import type { Transport } from './client.ts';

/** What the preload puts on `window`: the transport and nothing else of Electron. */
export interface CounterBridge extends Transport {}

/** Channels between a window and the shell. One call channel in, one message channel out. */
export const CALL_CHANNEL = 'counter:call';
export const MESSAGE_CHANNEL = 'counter:message';
export const CLOSE_CHANNEL = 'counter:close';
