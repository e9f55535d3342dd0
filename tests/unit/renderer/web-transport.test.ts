import { describe, expect, it } from 'vitest';
import { createClient } from '../../../src/contract/client.ts';
import { type WebEnvironment, webTransport } from '../../../src/renderer/app/web-transport.ts';

/** A stream and a post that the test answers by hand. */
function environment(post: (body: string) => Promise<{ ok: boolean; status: number }>) {
  const listeners = new Map<string, (event: Event) => void>();
  const posted: string[] = [];
  let closed = 0;
  const given: WebEnvironment = {
    openEvents: () => ({
      addEventListener: (name: string, listener: unknown) => {
        listeners.set(name, listener as (event: Event) => void);
      },
      close: () => {
        closed += 1;
      },
    }),
    post: (_, body) => {
      posted.push(body);
      return post(body);
    },
  };
  return {
    given,
    posted,
    closed: () => closed,
    fire: (name: string, data?: unknown) =>
      listeners.get(name)?.(Object.assign(new Event(name), { data: JSON.stringify(data) })),
  };
}

const taken = async () => ({ ok: true, status: 204 });

describe('the transport of the web host', () => {
  it('holds calls back until the stream stands, for a reply would be lost before', async () => {
    const e = environment(taken);
    const client = createClient(webTransport(e.given));
    const answer = client.call('scans.cancel', { scanId: '5f0c1f3e-1111-4222-8333-444455556666' });
    expect(e.posted).toEqual([]);
    e.fire('open');
    expect(e.posted).toHaveLength(1);
    e.fire('message', { type: 'reply', seq: 1, result: { ok: true, value: {} } });
    await expect(answer).resolves.toEqual({});
  });

  it('hands events on', () => {
    const e = environment(taken);
    const client = createClient(webTransport(e.given));
    const seen: unknown[] = [];
    client.on('scan.finished', (payload) => seen.push(payload));
    const payload = { scanId: '5f0c1f3e-1111-4222-8333-444455556666', pages: 3, note: null };
    e.fire('message', { type: 'event', name: 'scan.finished', payload });
    expect(seen).toEqual([payload]);
  });

  it.each([
    ['FORBIDDEN_ROLE', 401],
    ['FORBIDDEN_ROLE', 403],
    ['ENGINE_GONE', 409],
    ['BAD_REQUEST', 413],
    ['INTERNAL', 500],
  ])('answers with %s where the host refuses with %i', async (code, status) => {
    const e = environment(async () => ({ ok: false, status }));
    const client = createClient(webTransport(e.given));
    e.fire('open');
    await expect(client.call('keys.list', {})).rejects.toMatchObject({ code });
  });

  it('answers with ENGINE_GONE where a call cannot be delivered', async () => {
    const e = environment(() => Promise.reject(new TypeError('network')));
    const client = createClient(webTransport(e.given));
    e.fire('open');
    await expect(client.call('keys.list', {})).rejects.toMatchObject({ code: 'ENGINE_GONE' });
  });

  it('gives up all open calls, once, when the stream breaks', async () => {
    const e = environment(taken);
    const transport = webTransport(e.given);
    let told = 0;
    transport.onClose(() => {
      told += 1;
    });
    const client = createClient(transport);
    e.fire('open');
    const answer = client.call('keys.list', {});
    e.fire('error');
    e.fire('error');
    await expect(answer).rejects.toMatchObject({ code: 'ENGINE_GONE' });
    expect(e.closed()).toBe(1);
    expect(told).toBe(1);
    await expect(client.call('keys.list', {})).rejects.toMatchObject({ code: 'ENGINE_GONE' });
  });
});
