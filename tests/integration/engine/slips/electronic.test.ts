import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { describeWithPeers } from '../../../support/peers.ts';
import { PIN, refusal, startCounter, type TestCounter } from '../support/counter.ts';

let counter: TestCounter;
afterEach(() => counter.stop());

const ARTIFACTS = path.join(import.meta.dirname, '../../../.artifacts');

async function fileOf(documentId: string, name: string): Promise<string> {
  const { base64 } = await counter.call('documents.read', { documentId });
  mkdirSync(ARTIFACTS, { recursive: true });
  const file = path.join(ARTIFACTS, name);
  writeFileSync(file, Buffer.from(base64, 'base64'));
  return file;
}

const textOf = (file: string) => execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
const pagesOf = (file: string) =>
  Number(/Pages:\s+(\d+)/.exec(execFileSync('pdfinfo', [file], { encoding: 'utf8' }))![1]);

describeWithPeers(
  ['pdftotext', 'pdfinfo', 'pdfsig'],
  'a paper of the counter in its electronic edition',
  () => {
    it('says what was issued, in one copy, under the signature in its place', async () => {
      counter = await startCounter({ config: { user: { name: 'Nông Thị Mẫu', role: 'supervisor' } } });
      const { id } = await counter.ready('one');
      const received = await counter.call('dossiers.receive', { dossierId: id });
      const asked = await counter.call('dossiers.askSupplement', {
        dossierId: id,
        reason: 'Thiếu',
        items: ['Trang hai'],
        contact: { name: 'Nông Thị Mẫu', phone: '' },
      });
      const sign = (documentId: string, pin = PIN) =>
        counter.call('slips.sign', { dossierId: id, documentId, key: counter.key, pin });
      const paper = received.papers[0]!;
      // The dossier has gone on since: the edition says what the paper said.
      const { papers } = await sign(paper.documentId);
      const edition = papers[0]!.electronic!;
      expect(papers.map((p) => p.electronic !== null)).toEqual([true, false]);
      const file = await fileOf(edition.documentId, 'slip-signed.pdf');
      expect(pagesOf(file)).toBe(1);
      const words = textOf(file);
      expect(words).toContain(received.code!.value);
      expect(words).not.toContain('Liên 1');
      expect(words).toContain('Số: 01/TTPVHCC');
      const judged = execFileSync('pdfsig', ['-nocert', file], { encoding: 'utf8' });
      expect(judged).toContain('Signature is Valid');
      expect(judged).toContain('Total document signed');
      const report = await counter.call('documents.verify', { documentId: edition.documentId });
      expect(report.signatures.map((s) => [s.fieldName, s.coverage?.wholeFile])).toEqual([
        ['CounterSignature', true],
      ]);

      expect((await sign(paper.documentId)).papers[0]!.electronic).toEqual(edition);
      const second = (await sign(asked.papers[1]!.documentId)).papers[1]!.electronic!;
      expect(textOf(await fileOf(second.documentId, 'supplement-signed.pdf'))).toContain('Trang hai');
    });

    it('is not made of a paper that nobody signs digitally, nor with a wrong PIN', async () => {
      counter = await startCounter();
      const { id } = await counter.ready('one');
      const received = await counter.call('dossiers.receive', { dossierId: id });
      const ticket = await counter.call('slips.issue', { dossierId: id, kind: 'ticket' });
      const sign = (documentId: string, pin: string) =>
        counter.call('slips.sign', { dossierId: id, documentId, key: counter.key, pin });
      expect((await refusal(sign(ticket.documentId, PIN))).code).toBe('BAD_REQUEST');
      expect((await refusal(sign(received.papers[0]!.documentId, 'wrong'))).code).toBe(
        'PKCS12_PASSWORD_WRONG',
      );
      expect((await counter.call('dossiers.get', { dossierId: id })).papers[0]!.electronic).toBeNull();
    });
  },
);
