import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { localDay } from '../../../../src/main/calendar/local-time.ts';
import { describeWithPeers } from '../../../support/peers.ts';
import { refusal, startCounter, type TestCounter } from '../support/counter.ts';

let counter: TestCounter;
afterEach(() => counter.stop());

function textOf({ base64 }: { base64: string }): string {
  const file = path.join(counter.folder, 'register.pdf');
  writeFileSync(file, Buffer.from(base64, 'base64'));
  return execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
}

const CONFIG = {
  user: { name: 'Nông Thị Mẫu', role: 'supervisor' },
  fees: { book: { form: '01BLP', sign: 'AA/{yy}P' } },
};

describeWithPeers(['pdftotext'], 'sheets of the counter', () => {
  it('hand over what is chosen, dossiers and results, each once', async () => {
    counter = await startCounter({ config: CONFIG });
    const { id } = await counter.ready('one');
    const received = await counter.call('dossiers.receive', { dossierId: id });
    const to = { agency: 'Phòng Văn hóa - Xã hội', person: 'Lý Văn Nhận' };
    const sheet = textOf(
      await counter.call('registers.handOver', { subject: 'dossiers', dossierIds: [id, id], to }),
    );
    for (const part of [received.code!.value, to.agency, to.person, received.applicant!.name])
      expect(sheet).toContain(part);
    expect(sheet.split(received.code!.value)).toHaveLength(2);

    const resultId = '00000000-0000-4000-8000-000000000009';
    await counter.call('dossiers.resultReady', {
      dossierId: id,
      results: [
        {
          id: resultId,
          code: '',
          name: 'Trích lục',
          number: '12/TL',
          issuedOn: null,
          validity: '',
          scope: '',
        },
      ],
    });
    expect(
      textOf(await counter.call('registers.handOver', { subject: 'results', dossierIds: [id], to })),
    ).toContain('Trích lục (12/TL)');
    const unknown = counter.call('registers.handOver', {
      subject: 'dossiers',
      dossierIds: [resultId],
      to,
    });
    expect((await refusal(unknown)).code).toBe('DOSSIER_UNKNOWN');
  });

  it('close the day with what was received, returned and taken', async () => {
    counter = await startCounter({ config: CONFIG });
    const { id } = await counter.ready('one');
    await counter.call('fees.set', {
      dossierId: id,
      fees: [
        {
          ...{ code: '', name: 'Lệ phí hộ tịch', kind: 'charge', amount: 8000, quantity: 2 },
          ...{ due: 'reception', exemption: null },
        },
      ],
    });
    await counter.call('dossiers.receive', { dossierId: id });
    const paid = await counter.call('fees.pay', { dossierId: id, way: 'cash' });
    const today = localDay(new Date());
    const sheet = textOf(await counter.call('registers.dayEnd', { day: today }));
    expect(sheet).toContain(paid.procedure.field.name);
    expect(sheet).toContain('16.000');
    expect(sheet).toContain('0000001');
    const empty = textOf(await counter.call('registers.dayEnd', { day: '2020-02-03' }));
    expect(empty).not.toContain('16.000');
    expect(empty).toContain('03');
  });
});
