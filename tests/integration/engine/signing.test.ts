import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesInTheClear } from '../../support/clear-text.ts';
import { BIRTH, FORM, PIN, papers, refusal, startCounter, type TestCounter } from './support/counter.ts';

let counter: TestCounter;
let dossierId: string;

beforeEach(async () => {
  counter = await startCounter({ province: { numbersInHand: 0 } });
  dossierId = (await counter.draft()).id;
  for (const componentId of [FORM, BIRTH]) {
    counter.scanner.control.loadFeeder(await papers(2));
    expect((await counter.scan(dossierId, componentId)).finished?.pages).toBe(2);
  }
});
afterEach(() => counter.stop());

async function component(componentId: string) {
  const dossier = await counter.call('dossiers.get', { dossierId });
  return dossier.components.find((c) => c.spec.id === componentId)!;
}
const signatures = async () => [(await component(FORM)).signature, (await component(BIRTH)).signature];

/** No page and no document lies on the disk in the clear. */
function expectNothingInTheClear(): void {
  expect(readdirSync(path.join(counter.dataDir, 'workspace'))).toEqual([]);
  expect(filesInTheClear(counter.dataDir, ['Hoàng Văn Thử'])).toEqual([]);
}

describe('signing a dossier', () => {
  it('makes one document a component, which can be read back as it was hashed', async () => {
    const progress: string[] = [];
    counter
      .client()
      .on('signing.changed', ({ done, total, state }) => progress.push(`${done}/${total} ${state}`));
    const dossier = await counter.sign(dossierId);
    expect([...new Set(progress)]).toEqual(['0/2 running', '1/2 running', '2/2 running', '2/2 done']);
    for (const { signature } of dossier.components.filter((c) => c.pages.length > 0)) {
      const { base64, name } = await counter.call('documents.read', { documentId: signature!.documentId });
      const pdf = Buffer.from(base64, 'base64');
      expect(pdf.length).toBe(signature?.bytes);
      expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
      expect(name).toMatch(/^[a-z-]+\.pdf$/);
      expect(signature?.pages).toBe(2);
    }
    expectNothingInTheClear();
  });

  it('with a wrong password signs nothing and may be tried again', async () => {
    expect((await refusal(counter.sign(dossierId, 'sai mật khẩu'))).code).toBe('PKCS12_PASSWORD_WRONG');
    expect((await refusal(counter.sign(dossierId, ''))).code).toBe('PKCS12_PASSWORD_WRONG');
    expect(await signatures()).toEqual([null, null]);
    expectNothingInTheClear();
    await counter.sign(dossierId);
    expect(await signatures()).not.toContain(null);
  });

  it('opens no key that an admin has not listed', async () => {
    for (const key of [`${counter.key}x`, 'pkcs12:/etc/passwd', 'pkcs11:/tmp/evil.so?token=a', 'x', '']) {
      const refused = await refusal(
        counter.call('signing.start', { dossierIds: [dossierId], key, pin: PIN }),
      );
      expect(refused.code).toBe('KEY_SOURCE_INVALID');
    }
  });

  it('asked twice, also at once, signs once', async () => {
    const [first, second] = await Promise.all([counter.sign(dossierId), refusal(counter.sign(dossierId))]);
    expect(second.code).toBe('SIGNING_BUSY');
    expect(await counter.sign(dossierId)).toEqual(first);
    // Where nothing is left to sign no key is opened.
    expect(await counter.sign(dossierId, 'wrong')).toEqual(first);
    await counter.closeEngine();
    await counter.withStore((store) => expect(store.documents.of(dossierId)).toHaveLength(2));
  });

  it('drops the signature of a component whose pages change, and only signs that one again', async () => {
    const signed = await counter.sign(dossierId);
    const pageId = signed.components.find((c) => c.spec.id === FORM)!.pages[0]!.id;
    const [, birth] = await signatures();
    for (const change of [
      () => counter.call('pages.remove', { dossierId, pageId }),
      () => counter.call('pages.restore', { dossierId, pageId }),
      () => counter.call('pages.move', { dossierId, pageIds: [pageId], componentId: FORM, index: 1 }),
    ]) {
      await change();
      expect(await signatures()).toEqual([null, birth]);
      await counter.sign(dossierId);
      expect((await signatures())[1]).toEqual(birth);
    }
    counter.scanner.control.loadFeeder(await papers(1));
    await counter.scan(dossierId, FORM);
    expect(await signatures()).toEqual([null, birth]);
    expect((await counter.sign(dossierId)).components.find((c) => c.spec.id === FORM)?.signature?.pages).toBe(
      3,
    );
  });

  it('keeps the first signature where the second fails, and goes on with the rest when asked again', async () => {
    const { pages } = await component(BIRTH);
    // Once the second is on its way.
    const changed = counter
      .next('signing.changed', ({ documents }) => documents[1]?.state === 'signing')
      .then(() => counter.call('pages.remove', { dossierId, pageId: pages[0]!.id }));
    const failure = await refusal(counter.sign(dossierId));
    await changed;
    expect(failure).toMatchObject({ code: 'DOSSIER_STATE', details: { reason: 'pages-changed' } });
    const [form, birth] = await signatures();
    expect(form).not.toBeNull();
    expect(birth).toBeNull();
    expectNothingInTheClear();
    await counter.sign(dossierId);
    expect((await signatures()).map((s) => s?.pages)).toEqual([2, 1]);
    expect((await signatures())[0]).toEqual(form);
  });

  it('leaves out a component whose pages were all taken away before its turn', async () => {
    const { pages } = await component(BIRTH);
    counter.client().on('signing.changed', ({ done }) => {
      if (done === 1) for (const p of pages) void counter.call('pages.remove', { dossierId, pageId: p.id });
    });
    await counter.sign(dossierId);
    expect((await signatures()).map((s) => s?.pages ?? null)).toEqual([2, null]);
  });

  it('is over once the dossier is discarded', async () => {
    await counter.call('dossiers.discard', { dossierId, reason: 'công dân rút hồ sơ' });
    expect((await refusal(counter.sign(dossierId))).code).toBe('DOSSIER_STATE');
  });
});
