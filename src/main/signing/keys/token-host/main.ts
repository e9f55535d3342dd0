import { CounterError, toErrorShape } from '../../../../contract/errors.ts';
import { type HostReply, type HostRequest, hostRequest } from './messages.ts';
import { createTokenDriver, type TokenDriver } from './module.ts';

/**
 * The token host: the one process that loads vendors' PKCS#11 modules. It reads those files alone, and has no network
 * and no clock of its own; whoever started it kills it when a module hangs. Under plain Node it talks over the fork's channel, in
 * Electron over the utility process's port.
 */
interface Port {
  post(reply: HostReply): void;
  onMessage(handler: (message: unknown) => void): void;
}

interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

function portOfThisProcess(): Port {
  const { parentPort } = process as unknown as { parentPort?: ParentPort };
  if (parentPort) {
    return {
      post: (reply) => parentPort.postMessage(reply),
      onMessage: (handler) => parentPort.on('message', ({ data }) => handler(data)),
    };
  }
  if (!process.send) throw new Error('the token host is started by the engine');
  // Without its engine a host has nothing to do and may not keep a token logged in.
  process.on('disconnect', () => process.exit(0));
  return {
    post: (reply) => void process.send?.(reply),
    onMessage: (handler) => void process.on('message', handler),
  };
}

function perform(driver: TokenDriver, request: HostRequest): unknown {
  switch (request.op) {
    case 'probe':
      return driver.probe(request.module);
    case 'open':
      return driver.open(request.module, request.token, request.pin);
    case 'sign':
      return { signature: driver.sign(request) };
    case 'close':
      driver.close(request.session);
      return {};
    case 'present':
      return { present: driver.present(request.module, request.token) };
    case 'end':
      driver.end();
      return {};
  }
}

function answer(driver: TokenDriver, request: HostRequest): HostReply {
  const { seq } = request;
  try {
    return { seq, ok: true, result: perform(driver, request) };
  } catch (error) {
    if (error instanceof CounterError) return { seq, ok: false, error: toErrorShape(error) };
    const name = error instanceof Error ? error.name : typeof error;
    return { seq, ok: false, error: { code: 'TOKEN_FUNCTION_FAILED', details: { ckr: 'none', name } } };
  }
}

const driver = createTokenDriver();
const port = portOfThisProcess();
port.onMessage((message) => {
  const request = hostRequest.safeParse(message);
  // Only the engine speaks here; what it did not mean to say ends the host rather than be guessed at.
  if (!request.success) process.exit(2);
  port.post(answer(driver, request.data));
  if (request.data.op === 'end') process.exit(0);
});
