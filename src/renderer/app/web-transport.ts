import type { Transport } from '../../contract/client.ts';
import type { ErrorCode } from '../../contract/errors.ts';
import type { CallMessage, FromEngine } from '../../contract/wire.ts';

/** What the transport needs of a browser; given by hand so that it can be tested without one. */
export interface WebEnvironment {
  openEvents(url: string): Pick<EventSource, 'addEventListener' | 'close'>;
  post(url: string, body: string): Promise<{ readonly ok: boolean; readonly status: number }>;
}

export const browserEnvironment: WebEnvironment = {
  openEvents: (url) => new EventSource(url),
  post: (url, body) =>
    fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body, cache: 'no-store' }),
};

/**
 * The web host's transport: calls go out by POST /call, replies and events come back over one stream, GET /events
 * (server-sent events, one JSON message a `data` line). Calls wait until the stream stands, for a reply that comes
 * before it would be lost; a stream that breaks may have lost replies, so it counts as gone for good.
 */
export function webTransport(environment: WebEnvironment = browserEnvironment): Transport {
  const messageHandlers = new Set<(message: unknown) => void>();
  const closeHandlers = new Set<() => void>();
  const events = environment.openEvents('/events');
  let waiting: CallMessage[] | null = [];
  let gone = false;

  function deliver(message: unknown): void {
    for (const handler of messageHandlers) handler(message);
  }

  function refuse(seq: number, code: ErrorCode): void {
    const reply: FromEngine = { type: 'reply', seq, result: { ok: false, error: { code, details: {} } } };
    deliver(reply);
  }

  async function post(message: CallMessage): Promise<void> {
    try {
      const response = await environment.post('/call', JSON.stringify(message));
      if (!response.ok) refuse(message.seq, codeOf(response.status));
    } catch (error) {
      console.warn('call was not delivered', message.operation, error);
      refuse(message.seq, 'ENGINE_GONE');
    }
  }

  events.addEventListener('open', () => {
    const ready = waiting ?? [];
    waiting = null;
    for (const message of ready) void post(message);
  });
  events.addEventListener('message', (event) => {
    deliver(JSON.parse((event as MessageEvent<string>).data));
  });
  events.addEventListener('error', () => {
    if (gone) return;
    gone = true;
    events.close();
    for (const handler of closeHandlers) handler();
  });

  return {
    send(message) {
      if (waiting) waiting.push(message);
      else void post(message);
    },
    onMessage(handler) {
      messageHandlers.add(handler);
      return () => messageHandlers.delete(handler);
    },
    onClose(handler) {
      closeHandlers.add(handler);
      return () => closeHandlers.delete(handler);
    },
  };
}

function codeOf(status: number): ErrorCode {
  if (status === 401 || status === 403) return 'FORBIDDEN_ROLE';
  // 409: the host holds no stream of ours any more.
  if (status === 409) return 'ENGINE_GONE';
  return status >= 500 ? 'INTERNAL' : 'BAD_REQUEST';
}
