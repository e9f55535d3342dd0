import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { LifeCycleAction } from '../../../src/contract/life-cycle.ts';
import type { DossierView } from '../../../src/contract/model.ts';
import { fold } from '../../../src/main/dossiers/dossier.ts';
import { dossierEvent } from '../../../src/main/dossiers/events.ts';
import {
  APPLICANT,
  BIRTH,
  FORM,
  PROCEDURE,
  papers,
  refusal,
  SHOWN,
  SIMPLER_PROCEDURE,
  startCounter,
  type TestCounter,
} from './support/counter.ts';

let counter: TestCounter;
afterEach(() => counter.stop());

const HEAD = { user: { name: 'Lý Thị Trưởng', role: 'supervisor' } };
const call: TestCounter['call'] = (operation, input) => counter.call(operation, input);
const receive = (dossierId: string) => call('dossiers.receive', { dossierId });

async function received(): Promise<DossierView> {
  return receive((await counter.ready('one')).id);
}

async function actionsOf(dossierId: string): Promise<Map<LifeCycleAction, string>> {
  const list = await call('dossiers.actions', { dossierId });
  return new Map(list.map((a) => [a.action, a.allowed ? 'ok' : (a.why?.code ?? '')]));
}

/** The outbox rows of a dossier as a closed engine left them: which step each tells, and its files. */
async function rowsOf(dossierId: string) {
  await counter.closeEngine();
  const rows = await counter.withStore((store) => {
    const events = store.events.of(dossierId);
    return store.outbox.ofDossier(dossierId).map((row) => {
      const { version } = row.payload as { version: number };
      return { step: events[version - 1]!.type, key: row.idempotencyKey, files: row.files.length };
    });
  });
  await counter.restart();
  return rows;
}

const RESULT = {
  id: randomUUID(),
  code: 'KQ.G15.000031',
  name: 'Giấy khai sinh',
  number: '12/2026',
  issuedOn: '2026-10-12',
  validity: '',
  scope: '',
};

describe('the course of a dossier', () => {
  it('goes from reception over a supplement to its end, and the province is told each step in its transaction', async () => {
    counter = await startCounter({ config: HEAD, provinceDown: true });
    const { id } = await received();
    const asked = await call('dossiers.askSupplement', {
      dossierId: id,
      items: ['Giấy chứng sinh rõ chữ'],
      reason: 'Bản nộp bị mờ',
      contact: { name: 'Nông Thị Mẫu', phone: '02063852000' },
    });
    expect(asked).toMatchObject({ state: 'supplement-asked', cameFrom: 'received' });
    const slipId = asked.supplements[0]!.documentId!;
    expect(asked.papers.map((p) => [p.kind, p.number])).toEqual([
      ['reception', 1],
      ['supplement-request', 1],
    ]);
    expect((await call('documents.read', { documentId: slipId })).name).toBe('supplement-request.pdf');
    // The pages that come now are signed like those before.
    counter.scanner.control.loadFeeder(await papers(1));
    await counter.scan(id, FORM);
    expect(await refusal(call('dossiers.takeSupplement', { dossierId: id }))).toMatchObject({
      code: 'COMPONENT_UNSIGNED',
    });
    await counter.sign(id);
    const taken = await call('dossiers.takeSupplement', { dossierId: id });
    expect(taken.state).toBe('supplemented');
    expect(taken.supplements[0]!.answeredAt).not.toBeNull();
    expect(Date.parse(taken.due!.at)).toBeGreaterThanOrEqual(Date.parse(asked.due!.at));
    expect(
      await refusal(
        call('dossiers.askSupplement', {
          dossierId: id,
          items: ['x'],
          reason: 'x',
          contact: { name: '', phone: '' },
        }),
      ),
    ).toMatchObject({ code: 'SUPPLEMENT_ASKED', details: { times: 1 } });
    await call('dossiers.forward', { dossierId: id, agency: 'Phòng Tư pháp', person: '' });
    await call('dossiers.resultReady', { dossierId: id, results: [RESULT] });
    const handed = await call('dossiers.handOut', {
      dossierId: id,
      to: APPLICANT.name,
      identityNumber: APPLICANT.identityNumber,
      way: 'counter',
      proof: 'signature',
    });
    expect(handed).toMatchObject({ state: 'returned', handedOut: { to: APPLICANT.name } });
    expect(handed.papers.map((p) => p.kind)).toEqual(['reception', 'supplement-request', 'return-receipt']);
    const closed = await call('dossiers.close', { dossierId: id, reason: 'Đã trả kết quả' });
    expect(closed).toMatchObject({ state: 'closed', cameFrom: 'returned', delivery: 'waiting' });

    const history = await call('dossiers.history', { dossierId: id });
    const moves = history.filter((line) => line.from !== line.to).map((line) => line.to);
    expect(moves).toEqual([
      ...['draft', 'received', 'supplement-asked', 'supplemented', 'processing', 'result-ready'],
      ...['returned', 'closed'],
    ]);
    expect(new Set(history.map((line) => line.actor))).toEqual(new Set(['Lý Thị Trưởng', 'outbox']));
    expect(history.find((line) => line.to === 'closed')).toMatchObject({
      why: 'Đã trả kết quả',
      key: 'history.closed',
    });

    const rows = await rowsOf(id);
    expect(rows.map((row) => row.step)).toEqual([
      ...[
        'received',
        'supplement-asked',
        'supplement-taken',
        'forwarded',
        'result-ready',
        'handed-out',
        'closed',
      ],
    ]);
    expect(rows.map((row) => row.files)).toEqual([1, 0, 1, 0, 0, 0, 0]);
    expect(new Set(rows.map((row) => row.key)).size).toBe(rows.length);
    // What the screen saw is what the journal alone gives.
    await counter.closeEngine();
    await counter.withStore((store) => {
      const events = store.events
        .of(id)
        .map((e) => dossierEvent.parse((e.payload as { event: unknown }).event));
      const { version, toTell, told } = fold(events);
      expect([version, toTell, told]).toEqual([events.length, version, 0]);
    });
  });

  it('asks for a supplement before it receives, and then goes on taking in', async () => {
    counter = await startCounter({ config: HEAD });
    const { id } = await counter.draft(SIMPLER_PROCEDURE);
    const request = {
      dossierId: id,
      items: ['Tờ khai'],
      reason: 'Chưa có tờ khai',
      contact: { name: '', phone: '' },
    };
    const asked = await call('dossiers.askSupplement', request);
    expect(asked).toMatchObject({ state: 'supplement-asked', code: null, delivery: 'none' });
    // The same message again is the same request: no second slip.
    expect(await call('dossiers.askSupplement', request)).toEqual(asked);
    counter.scanner.control.loadFeeder(await papers(1));
    await counter.scan(id, FORM);
    await counter.sign(id);
    expect((await call('dossiers.takeSupplement', { dossierId: id })).state).toBe('draft');
    expect((await receive(id)).state).toBe('received');
    expect((await rowsOf(id)).map((row) => row.step)).toEqual(['received']);
  });

  it('is refused through the head alone, under a numbered slip', async () => {
    counter = await startCounter();
    const { id } = await received();
    const reason = 'Không thuộc thẩm quyền';
    expect(await refusal(call('dossiers.refuse', { dossierId: id, reason }))).toMatchObject({
      code: 'FORBIDDEN_ROLE',
    });
    await call('dossiers.proposeRefusal', { dossierId: id, reason });
    expect(await refusal(call('dossiers.forward', { dossierId: id, agency: 'Phòng Tư pháp' }))).toMatchObject(
      { code: 'REFUSAL_PENDING' },
    );
    const clerk = await actionsOf(id);
    expect([
      clerk.get('refuse'),
      clerk.get('decline-refusal'),
      clerk.get('forward'),
      clerk.get('hand-out'),
    ]).toEqual(['FORBIDDEN_ROLE', 'FORBIDDEN_ROLE', 'REFUSAL_PENDING', 'DOSSIER_STATE']);
    counter.writeConfig(HEAD);
    await counter.restart();
    expect((await actionsOf(id)).get('refuse')).toBe('ok');
    const refused = await call('dossiers.refuse', { dossierId: id });
    expect(refused).toMatchObject({
      state: 'refused',
      ended: { reason, by: 'Lý Thị Trưởng' },
      refusalProposed: null,
    });
    expect(refused.ended!.documentId).toBe(refused.papers.at(-1)!.documentId);
    expect(refused.papers.at(-1)).toMatchObject({ kind: 'refusal', number: 1 });
  });

  it('gets one more appointment, on a paper, and no second one', async () => {
    counter = await startCounter({ config: HEAD });
    const { id, due } = await received();
    const days = (n: number) => new Date(Date.parse(due!.at) + n * 86_400_000).toISOString();
    // Of seven days on, one is a day of work within opening hours whatever the calendar says of holidays.
    let extended: DossierView | null = null;
    const refusals = new Set<string>();
    for (let n = 1; n <= 30 && !extended; n += 1) {
      try {
        extended = await call('dossiers.extend', { dossierId: id, due: days(n), reason: 'Chờ xác minh' });
      } catch (error) {
        refusals.add((error as { code: string }).code);
      }
    }
    expect([...refusals].filter((code) => code !== 'DUE_EXTENSION_SHUT')).toEqual([]);
    expect(extended!.extension).toMatchObject({ from: due!.at, to: extended!.due!.at });
    expect(extended!.papers.at(-1)).toMatchObject({
      kind: 'extension',
      documentId: extended!.extension!.documentId,
    });
    expect(
      await refusal(call('dossiers.extend', { dossierId: id, due: days(40), reason: 'Lần nữa' })),
    ).toMatchObject({ code: 'EXTENSION_GIVEN' });
  });

  it('asked twice at once makes one step and one paper; a paper that cannot be drawn makes none', async () => {
    counter = await startCounter();
    const { id } = await received();
    const request = (reason: string) => ({
      dossierId: id,
      items: ['Tờ khai'],
      reason,
      contact: { name: '', phone: '' },
    });
    const draft = await counter.draft();
    await call('dossiers.setApplicant', {
      dossierId: draft.id,
      applicant: { ...APPLICANT, name: 'Hoàng 🙂 Thử' },
    });
    const unprintable = call('dossiers.askSupplement', { ...request('Mờ'), dossierId: draft.id });
    expect((await refusal(unprintable)).code).toBe('SLIP_TEXT_UNPRINTABLE');
    expect(await call('dossiers.get', { dossierId: draft.id })).toMatchObject({ state: 'draft', papers: [] });
    const [one, other] = await Promise.all([
      call('dossiers.askSupplement', request('Mờ')),
      call('dossiers.askSupplement', request('Mờ')),
    ]);
    expect(one.papers).toEqual(other.papers);
    expect(one.papers.map((p) => [p.kind, p.number])).toEqual([
      ['reception', 1],
      ['supplement-request', 1],
    ]);
    const second = await received();
    const next = await call('dossiers.askSupplement', { ...request('Mờ'), dossierId: second.id });
    expect(next.papers.at(-1)).toMatchObject({ number: 2 });
    expect((await rowsOf(id)).map((row) => row.step)).toEqual(['received', 'supplement-asked']);
  });

  it('ends as a draft where a paper is secret: nothing of it is sent, and no picture is kept', async () => {
    counter = await startCounter();
    const secret = await counter.ready('one');
    const { id } = secret;
    const [component] = secret.components.filter((c) => c.spec.id === FORM);
    const pageId = component!.pages[0]!.id;
    const { documentId } = component!.signature!;
    // Another person's paper of the very same content is nobody's secret.
    const other = await counter.ready('one');
    const otherPage = other.components.find((c) => c.spec.id === FORM)!.pages[0]!.id;
    const stop = () => call('dossiers.stopConfidential', { dossierId: id, mark: 'MẬT', componentId: FORM });
    expect((await stop()).state).toBe('discarded');
    expect((await stop()).state).toBe('discarded');
    expect(await refusal(receive(id))).toMatchObject({ code: 'DOSSIER_STATE' });
    expect((await refusal(call('documents.read', { documentId }))).code).toBe('VAULT_OBJECT_MISSING');
    expect((await call('pages.image', { pageId: otherPage, variant: 'full' })).mime).toMatch(/^image/);
    expect(await rowsOf(id)).toEqual([]);
    const history = await call('dossiers.history', { dossierId: id });
    expect(history.at(-1)).toMatchObject({ key: 'history.confidential-found', to: 'discarded' });
    expect(history.at(-1)!.why).toContain('NĐ 30/2020/NĐ-CP');
    // Once the other one is gone too, so is the picture; a start finds nothing missing that it should have.
    await call('dossiers.stopConfidential', { dossierId: other.id, mark: 'MẬT' });
    expect((await refusal(call('pages.image', { pageId, variant: 'full' }))).code).toBe(
      'VAULT_OBJECT_MISSING',
    );
    await counter.closeEngine();
    await counter.withStore(async (store) => {
      expect(store.sweepReport.missing).toEqual([]);
      expect((await store.vault.sweep('all')).missing).toEqual([]);
    });
  });

  it('keeps an electronic result as it came, and sends it', async () => {
    counter = await startCounter({ config: HEAD, provinceDown: true });
    const { id, slipDocumentId } = await received();
    // Any whole PDF will do: here the counter's own slip.
    const { base64 } = await call('documents.read', { documentId: slipDocumentId! });
    const upload = async (content: Buffer) => {
      const { uploadId } = await call('uploads.begin', { name: 'ket-qua.pdf', bytes: content.length });
      await call('uploads.chunk', { uploadId, index: 0, base64: content.toString('base64') });
      return uploadId;
    };
    const noPdf = {
      resultId: RESULT.id,
      uploadId: await upload(Buffer.from('không phải PDF')),
    };
    expect(
      await refusal(call('dossiers.resultReady', { dossierId: id, results: [RESULT], electronic: noPdf })),
    ).toMatchObject({ code: 'PDF_UNREADABLE' });
    const uploadId = await upload(Buffer.from(base64, 'base64'));
    const electronic = { resultId: RESULT.id, uploadId };
    const ready = await call('dossiers.resultReady', { dossierId: id, results: [RESULT], electronic });
    const { documentId } = ready.results[0]!;
    expect((await call('documents.read', { documentId: documentId! })).base64).toBe(base64);
    expect((await rowsOf(id)).map((row) => [row.step, row.files])).toEqual([
      ['received', 1],
      ['result-ready', 1],
    ]);
  });
});

describe('dossiers that belong together', () => {
  it('are opened in one go for one person, and the same message again opens nothing', async () => {
    counter = await startCounter();
    const first = await counter.draft();
    await call('dossiers.setSubmitter', {
      dossierId: first.id,
      submitter: {
        name: 'Lò Văn Nộp',
        identityNumber: '',
        address: '',
        phone: '',
        email: '',
        authorisation: 'GUQ số 3',
      },
    });
    const request = {
      procedureCodes: [SIMPLER_PROCEDURE, PROCEDURE],
      applicantFrom: first.id,
      dossierIds: [randomUUID(), randomUUID()],
    };
    const { visitId, dossiers } = await call('dossiers.openVisit', request);
    expect(dossiers.map((d) => [d.procedure.code, d.applicant?.name, d.submitter?.name, d.visitId])).toEqual([
      [SIMPLER_PROCEDURE, APPLICANT.name, 'Lò Văn Nộp', visitId],
      [PROCEDURE, APPLICANT.name, 'Lò Văn Nộp', visitId],
    ]);
    expect(await call('dossiers.openVisit', request)).toEqual({ visitId, dossiers });
    const rows = await call('dossiers.visit', { visitId });
    expect(rows.map((row) => row.id)).toEqual([first.id, ...request.dossierIds]);
    expect(await call('dossiers.visit', { visitId: randomUUID() })).toEqual([]);

    const group = { id: randomUUID(), name: 'Hồ sơ gia đình họ Lò' };
    for (const dossierId of request.dossierIds) await call('dossiers.join', { dossierId, visitId, group });
    expect((await call('dossiers.group', { groupId: group.id })).map((row) => row.id)).toEqual(
      request.dossierIds,
    );
  });

  it('are all opened or none', async () => {
    counter = await startCounter();
    const visitId = randomUUID();
    const before = (await call('dossiers.list', {})).length;
    const procedureCodes = [SIMPLER_PROCEDURE, 'khong-co'];
    expect(await refusal(call('dossiers.openVisit', { procedureCodes, visitId }))).toMatchObject({
      code: 'PROCEDURE_UNKNOWN',
    });
    const dossierIds = [randomUUID()];
    expect(
      await refusal(
        call('dossiers.openVisit', { procedureCodes: [PROCEDURE, PROCEDURE], dossierIds, visitId }),
      ),
    ).toMatchObject({ code: 'BAD_REQUEST' });
    expect(await call('dossiers.visit', { visitId })).toEqual([]);
    expect(await call('dossiers.list', {})).toHaveLength(before);
  });
});

describe('papers that were handed in', () => {
  it('are counted, seen, given back and looked up', async () => {
    counter = await startCounter({ config: HEAD });
    const { id } = await counter.draft();
    counter.scanner.control.loadFeeder(await papers(1));
    await counter.scan(id, FORM);
    await counter.sign(id);
    expect(await refusal(receive(id))).toMatchObject({ code: 'COMPONENT_MISSING', details: { count: 1 } });
    const looked = await call('components.lookUp', {
      dossierId: id,
      componentId: BIRTH,
      lookup: { base: 'CSDL hộ tịch điện tử', reference: 'HT-1', answer: 'match', fallback: '' },
    });
    expect(looked.components.find((c) => c.spec.id === BIRTH)!.lookup).toMatchObject({ answer: 'match' });
    await call('components.count', {
      dossierId: id,
      componentId: FORM,
      counts: { originals: 1, certified: 0, photocopies: 0 },
    });
    await call('components.seeOriginal', { dossierId: id, componentId: SHOWN });
    expect((await receive(id)).state).toBe('received');
    await call('dossiers.resultReady', { dossierId: id, results: [RESULT] });
    const handOut = {
      dossierId: id,
      to: APPLICANT.name,
      identityNumber: '',
      way: 'counter',
      proof: 'signature',
    } as const;
    expect(await refusal(call('dossiers.handOut', handOut))).toMatchObject({
      code: 'ORIGINALS_KEPT',
      details: { count: 1 },
    });
    await call('components.returnOriginal', { dossierId: id, componentId: SHOWN });
    expect((await call('dossiers.handOut', handOut)).state).toBe('returned');
  });
});
