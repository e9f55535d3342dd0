import type { FromEngine } from '../../contract/wire.ts';

/** One screen's line to the engine. */
export interface EngineConnection {
  /** A raw message of the other side; what is not a call is ignored. */
  send(message: unknown): void;
  /** Called once when the engine closes. */
  onClose(handler: () => void): void;
  close(): void;
}

export interface Engine {
  /** Replies go to the connection that asked, events to every connection. */
  connect(receive: (message: FromEngine) => void): EngineConnection;
  /** Works on the outbox until it is empty or only a person can help; ends early when the signal says so. */
  drainOutbox(signal: AbortSignal): Promise<void>;
  /** Ends scans and uploads at a safe point, then closes the store. */
  close(): Promise<void>;
}
