import { describe, expect, it } from 'vitest';
import { CounterError, type ErrorCode } from '../../../src/contract/errors.ts';
import type { EventName, EventPayload } from '../../../src/contract/events.ts';
import type { SigningBatch } from '../../../src/contract/model.ts';
import type { Dossier } from '../../../src/main/dossiers/dossier.ts';
import type { EventBus } from '../../../src/main/engine/events.ts';
import type { Journal } from '../../../src/main/engine/journal.ts';
import { silentLog } from '../../../src/main/engine/log.ts';
import type { UnsignedDocument } from '../../../src/main/engine/sign-documents.ts';
import { createSigningBatches } from '../../../src/main/engine/signing-batches.ts';

const KEY = 'pkcs11:/module.so?token=the-clerk';
const RIGHT = '12345678';

/** Drafts of some components with a page each, and a token of which a test decides what each call meets. */
function counter(dossiers: Readonly<Record<string, readonly string[]>>) {
  const signed = new Set<string>();
  const gone = new Set<string>();
  const events: SigningBatch[] = [];
  const logins: string[] = [];
  const calls: string[] = [];
  /** What the next calls of `sign` meet, in order; null = it goes well. */
  const fate: (ErrorCode | null)[] = [];
  let open: ErrorCode | null = null;
  let closed = 0;
  let hold: Promise<void> = Promise.resolve();

  const load = (id: string) =>
    ({
      id,
      state: 'draft',
      applicant: { name: 'Nông Thị Mẫu' },
      procedure: { name: 'Đăng ký khai sinh' },
      components: dossiers[id]!.map((name) => ({
        spec: { id: name, name },
        pages: gone.has(`${id}/${name}`)
          ? []
          : [{ id: name, removed: false, confirmed: false, findings: { flags: [] } }],
        attachments: [],
        signature: signed.has(`${id}/${name}`) ? {} : null,
      })),
    }) as unknown as Dossier;

  const batches = createSigningBatches({
    store: { dossiers: { takingPapers: () => Object.keys(dossiers) } } as never,
    journal: { load } as unknown as Journal,
    bus: {
      publish: <N extends EventName>(_name: N, payload: EventPayload<N>) =>
        events.push(payload as SigningBatch),
    } as unknown as EventBus,
    documents: {
      async sign({ dossierId, component }: UnsignedDocument) {
        const name = `${dossierId}/${component.spec.id}`;
        calls.push(name);
        await hold;
        const fault = fate.shift();
        if (fault) throw new CounterError(fault);
        signed.add(name);
        return { signer: 'Người Ký' };
      },
      write: async () => {},
    } as never,
    openSigner: () => ({
      describe: async () => {
        throw new Error('nobody asks');
      },
      async open(pin) {
        logins.push(pin);
        if (open) throw new CounterError(open);
        if (pin !== RIGHT) throw new CounterError('TOKEN_PIN_WRONG', { pinState: 'low' });
        return {
          sign: async () => {
            throw new Error('signed by documents.sign');
          },
          close: async () => {
            closed += 1;
          },
        };
      },
    }),
    use: {},
    onSigner: () => {},
    log: silentLog,
  });

  const ids = Object.keys(dossiers);
  return {
    batches,
    signed,
    gone,
    events,
    logins,
    calls,
    fate,
    closed: () => closed,
    openMeets: (code: ErrorCode | null) => {
      open = code;
    },
    /** Signing waits until the function that this answers is called. */
    holdSigning(): () => void {
      let release = (): void => {};
      hold = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
    start: (pin = RIGHT) => batches.start({ dossierIds: ids, key: KEY, pin, actor: 'Nông Thị Mẫu' }),
    async ended(batchId: string): Promise<SigningBatch> {
      while (batches.get(batchId).state === 'running') await new Promise((resolve) => setImmediate(resolve));
      return batches.get(batchId);
    },
  };
}

const three = { a: ['form', 'birth'], b: ['form'] };

describe('a batch of signatures', () => {
  it('signs the documents of several dossiers with one login, in order', async () => {
    const c = counter(three);
    const done = await c.ended((await c.start()).batchId);
    expect(done).toMatchObject({ state: 'done', done: 3, total: 3, fault: null });
    expect(c.calls).toEqual(['a/form', 'a/birth', 'b/form']);
    expect(c.logins).toEqual([RIGHT]);
    expect(c.closed()).toBe(1);
  });

  it('with a wrong PIN spends one try, signs nothing, and is no batch', async () => {
    const c = counter(three);
    await expect(c.start('11111111')).rejects.toMatchObject({
      code: 'TOKEN_PIN_WRONG',
      details: { pinState: 'low' },
    });
    expect(c.logins).toEqual(['11111111']);
    expect(c.calls).toEqual([]);
    // The key is free again.
    expect((await c.ended((await c.start()).batchId)).state).toBe('done');
  });

  it.each(['TOKEN_REMOVED', 'TOKEN_HUNG', 'TOKEN_HOST_CRASHED', 'SIGN_SERVICE_UNREACHABLE'] as const)(
    'pauses on %s with what is done kept, and goes on after a new login',
    async (code) => {
      const c = counter(three);
      c.fate.push(null, code);
      const { batchId } = await c.start();
      const paused = await c.ended(batchId);
      expect(paused).toMatchObject({ state: 'paused', done: 1, total: 3, fault: { code } });
      expect(paused.documents.map((d) => d.state)).toEqual(['signed', 'waiting', 'waiting']);
      expect(c.logins).toHaveLength(1);
      expect((await c.batches.resume(batchId, RIGHT)).state).toBe('running');
      expect(await c.ended(batchId)).toMatchObject({ state: 'done', done: 3, fault: null });
      expect(c.calls).toEqual(['a/form', 'a/birth', 'a/birth', 'b/form']);
      expect(c.closed()).toBe(2);
    },
  );

  it('stays paused while the token is not back, and ends at a wrong PIN', async () => {
    const c = counter(three);
    c.fate.push('TOKEN_REMOVED');
    const { batchId } = await c.start();
    await c.ended(batchId);
    c.openMeets('TOKEN_NOT_PRESENT');
    await expect(c.batches.resume(batchId, RIGHT)).rejects.toMatchObject({ code: 'TOKEN_NOT_PRESENT' });
    expect(c.batches.get(batchId)).toMatchObject({ state: 'paused', fault: { code: 'TOKEN_REMOVED' } });
    c.openMeets(null);
    await expect(c.batches.resume(batchId, '22222222')).rejects.toMatchObject({ code: 'TOKEN_PIN_WRONG' });
    expect(c.batches.get(batchId)).toMatchObject({ state: 'stopped', fault: { code: 'TOKEN_PIN_WRONG' } });
    await expect(c.batches.resume(batchId, RIGHT)).rejects.toMatchObject({ code: 'SIGNING_BATCH_UNKNOWN' });
    expect(c.logins).toEqual([RIGHT, RIGHT, '22222222']);
  });

  it('goes on with the others where one document cannot be signed, and says which', async () => {
    const c = counter(three);
    c.fate.push('PDF_UNREADABLE');
    const end = await c.ended((await c.start()).batchId);
    expect(end).toMatchObject({ state: 'stopped', done: 2, fault: { code: 'PDF_UNREADABLE' } });
    expect(end.documents.map((d) => d.state)).toEqual(['failed', 'signed', 'signed']);
  });

  it.each(['TOKEN_PIN_LOCKED', 'DISK_FULL', 'CERTIFICATE_EXPIRED', 'INTERNAL'] as const)(
    'stops at once on %s: the next document would meet the same',
    async (code) => {
      const c = counter(three);
      c.fate.push(null, code);
      const end = await c.ended((await c.start()).batchId);
      expect(end).toMatchObject({ state: 'stopped', done: 1, fault: { code } });
      expect(c.calls).toHaveLength(2);
      expect(c.closed()).toBe(1);
    },
  );

  it('ends after the document under way when it is cancelled', async () => {
    const c = counter(three);
    const release = c.holdSigning();
    const { batchId } = await c.start();
    expect(c.batches.cancel(batchId).state).toBe('running');
    release();
    expect(await c.ended(batchId)).toMatchObject({ state: 'stopped', done: 1, fault: { code: 'CANCELLED' } });
  });

  it('is the only one at its key, and a paused one gives way', async () => {
    const c = counter(three);
    const release = c.holdSigning();
    c.fate.push('TOKEN_REMOVED');
    const first = await c.start();
    await expect(c.start()).rejects.toMatchObject({ code: 'SIGNING_BUSY' });
    release();
    expect((await c.ended(first.batchId)).state).toBe('paused');
    const second = await c.start();
    expect(c.batches.get(first.batchId)).toMatchObject({ state: 'stopped', fault: { code: 'CANCELLED' } });
    expect((await c.ended(second.batchId)).state).toBe('done');
  });

  it('leaves out what has no pages any more by the time of its turn, and opens no key for nothing', async () => {
    const c = counter(three);
    const release = c.holdSigning();
    const { batchId } = await c.start();
    c.gone.add('a/birth');
    release();
    expect(await c.ended(batchId)).toMatchObject({ state: 'done', done: 2, total: 2 });
    const again = await c.start('any');
    expect(again).toMatchObject({ state: 'done', total: 0 });
    expect(c.logins).toEqual([RIGHT]);
    expect(c.batches.pending([])).toEqual([]);
  });

  it('names each draft and document of the review', () => {
    const c = counter(three);
    const pending = c.batches.pending(['b']);
    expect(pending).toEqual([
      {
        dossierId: 'b',
        applicant: 'Nông Thị Mẫu',
        procedure: 'Đăng ký khai sinh',
        documents: [{ componentId: 'form', attachmentId: null, name: 'form', pages: 1, doubtful: 0 }],
      },
    ]);
    expect(() => c.batches.get('none')).toThrow(expect.objectContaining({ code: 'SIGNING_BATCH_UNKNOWN' }));
  });
});
