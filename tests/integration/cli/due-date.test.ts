import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCounter } from '../../support/cli.ts';
import { PLAIN_PROCEDURE } from '../../support/plain.ts';

let folder: string;
const at = (name: string) => path.join(folder, name);
const file = (name: string, content: unknown) => {
  writeFileSync(at(name), typeof content === 'string' ? content : JSON.stringify(content));
  return at(name);
};

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'counter-due-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ask = (args: string[], lang = 'vi') =>
  runCounter(['due-date', ...args], { env: { COUNTER_LANG: lang } });
const json = async (args: string[]) => {
  const { status, stdout } = await ask([...args, '--json']);
  expect(status).toBe(0);
  return JSON.parse(stdout);
};

const procedure = {
  ...PLAIN_PROCEDURE,
  code: '9.000001',
  name: 'Thủ tục mẫu',
  field: { code: 'X', name: 'X' },
  version: '1',
  duration: { value: 15, unit: 'day' },
  onlineDuration: { value: 4, unit: 'hour' },
  components: [],
  results: [],
};
const staged = {
  ...procedure,
  code: '9.000002',
  onlineDuration: null,
  phases: [
    { name: 'Xã', duration: { value: 2, unit: 'working-day' } },
    { name: 'Tỉnh', duration: { value: 1, unit: 'same-day' } },
  ],
};
const catalogue = {
  kind: 'procedure-catalogue',
  version: 'test',
  provenance: 'test',
  procedures: [procedure, staged],
};

describe('counter due-date', () => {
  it('tells date and reasons of a procedure of the sample, in the person’s language', async () => {
    const args = ['--procedure', '1.004873', '--received', '2026-02-13T16:10'];
    const vi = await ask(args);
    expect(vi.status).toBe(0);
    expect(vi.stdout.split('\n')).toEqual([
      '1.004873 Cấp Giấy xác nhận tình trạng hôn nhân',
      'Hẹn trả kết quả: 16:10 thứ Tư, ngày 25/02/2026',
      '  – Tiếp nhận hồ sơ đầy đủ, hợp lệ lúc 16:10 13/02/2026.',
      '  – Thời hạn 3 ngày làm việc, không tính ngày 13/02/2026.',
      ...[16, 17, 18, 19, 20].map((d) => `  – Không tính ngày nghỉ ${d}/02/2026 (Tết Nguyên đán Bính Ngọ).`),
      '  – Không tính 4 ngày nghỉ hằng tuần.',
      '  – Hẹn trả kết quả lúc 16:10 25/02/2026.',
      '',
    ]);
    const en = await ask(args, 'en');
    expect(en.stdout).toContain('Result due: 16:10 on Wednesday 25/02/2026');
    expect(en.stdout).toContain('  – 16/02/2026 is not counted (Lunar New Year).');
  });

  it('says why a receipt after hours counts from later', async () => {
    const { stdout } = await ask(['--procedure', '1.004873', '--received', '09/10/2026 17:20']);
    expect(stdout).toContain(
      '  – Tiếp nhận sau giờ làm việc (hết giờ lúc 17:00): thời hạn tính từ 07:00 12/10/2026.',
    );
  });

  it.each([
    ['2026-02-13T16:10'],
    ['2026-02-13T09:10Z'],
    ['2026-02-13T16:10:30+07:00'],
    ['13/02/2026 16:10'],
    ['16:10 13/02/2026'],
  ])('takes %s for the same time', async (received) => {
    const due = await json(['--duration', '3 working-day', '--received', received]);
    expect(due).toMatchObject({ at: '2026-02-25T09:10:00.000Z', local: '2026-02-25T16:10:00+07:00' });
  });

  it('gives the whole of it as JSON, with the texts', async () => {
    const due = await json(['--procedure', '1.001193', '--received', '2026-04-23T15:20']);
    expect(due).toMatchObject({
      procedure: { code: '1.001193', name: 'Đăng ký khai sinh' },
      channel: 'counter',
      receivedAt: '2026-04-23T08:20:00.000Z',
      limit: { duration: { value: 1, unit: 'same-day' } },
      at: '2026-04-24T10:00:00.000Z',
      local: '2026-04-24T17:00:00+07:00',
    });
    expect(due.reasons[1]).toEqual({
      key: 'due.afterCutoff',
      values: { cutoff: '15:00', day: '24/04/2026' },
      text: expect.stringContaining('sau 15:00'),
    });
  });

  it('reads a catalogue that is named, packed or not, and heeds channel and stages', async () => {
    const plain = file('catalogue.json', catalogue);
    const packed = at('catalogue.json.gz');
    writeFileSync(packed, gzipSync(JSON.stringify(catalogue)));
    for (const from of [plain, packed]) {
      const args = ['--catalogue', from, '--procedure', '9.000001', '--received', '2026-10-08T10:00'];
      expect((await json(args)).local).toBe('2026-10-23T10:00:00+07:00');
      expect((await json([...args, '--channel', 'post'])).local).toBe('2026-10-23T10:00:00+07:00');
      expect((await json([...args, '--channel', 'online'])).local).toBe('2026-10-08T16:00:00+07:00');
    }
    const stages = await json([
      '--catalogue',
      plain,
      '--procedure',
      '9.000002',
      '--received',
      '2026-10-08T10:00',
    ]);
    expect(stages.phases).toEqual([
      { name: 'Xã', at: '2026-10-12T03:00:00.000Z' },
      { name: 'Tỉnh', at: '2026-10-12T10:00:00.000Z' },
    ]);
  });

  it('lays a unit’s own calendars over the shipped ones, in their order', async () => {
    const overlay = (version: string, more: object) =>
      file(`${version}.json`, {
        kind: 'working-calendar-overlay',
        year: 2026,
        version,
        provenance: 'x',
        ...more,
      });
    const off = overlay('a', {
      offDays: [{ day: '2026-10-09', name: 'Ngày hội', nameEn: 'Feast', source: 'the unit' }],
    });
    const on = overlay('b', { ordinaryDays: ['2026-10-09'] });
    const args = ['--duration', '1 working-day', '--received', '2026-10-08T10:00'];
    expect((await json(args)).local).toBe('2026-10-09T10:00:00+07:00');
    expect((await json([...args, '--calendar', off])).local).toBe('2026-10-12T10:00:00+07:00');
    expect((await json([...args, '--calendar', off, '--calendar', on])).local).toBe(
      '2026-10-09T10:00:00+07:00',
    );
    expect((await json([...args, '--calendar', on, '--calendar', off])).local).toBe(
      '2026-10-12T10:00:00+07:00',
    );
  });

  it('names the file of a calendar that is wrong, and what is wrong in it', async () => {
    const wrong = file('wrong.json', { kind: 'working-calendar-overlay', year: 2026, sessions: 'all day' });
    const broken = file('broken.json', '{"kind": ');
    const args = ['--duration', '1 day', '--received', '2026-10-08T10:00', '--calendar'];
    const first = await ask([...args, wrong], 'en');
    expect(first.status).toBe(1);
    expect(first.stderr).toContain('[CALENDAR_INVALID]');
    expect(first.stderr).toContain('wrong.json');
    expect(first.stderr).toContain('2026 version');
    const second = await ask([...args, broken]);
    expect(second.stderr).toContain('broken.json');
    const third = await ask([...args, at('nowhere.json')]);
    expect([third.status, third.stderr]).toEqual([1, expect.stringContaining('[FILE_MISSING]')]);
  });

  it('says what the admin has to do where a year has no calendar', async () => {
    const { status, stderr, stdout } = await ask([
      '--duration',
      '1 day',
      '--received',
      '2029-10-08T10:00',
      '--json',
    ]);
    expect(status).toBe(1);
    expect(JSON.parse(stdout).error).toEqual({
      code: 'CALENDAR_YEAR_MISSING',
      details: { year: 2029, day: '2029-10-08', state: 'missing' },
    });
    expect(stderr).toContain('năm 2029');
    expect(stderr).toContain('docs/due-dates.md');
  });

  it('warns where the days of a year may still change', async () => {
    const { stdout } = await ask(['--duration', '60 day', '--received', '2026-12-30T10:00']);
    expect(stdout).toContain('lịch nghỉ năm 2027 sau ngày 31/01/2027 chưa chốt');
  });

  it('says that there is no date where the catalogue names no limit', async () => {
    const none = await json(['--procedure', '1.001612', '--received', '2026-10-08T10:00']);
    expect(none).toMatchObject({ limit: null, at: null, reasons: [] });
  });

  it.each([
    ['no time', ['--procedure', '1.004873']],
    ['no procedure and no limit', ['--received', '2026-10-08T10:00']],
    ['a time that cannot be read', ['--procedure', '1.004873', '--received', '30/02/2026 10:00']],
    [
      'a channel nobody knows',
      ['--procedure', '1.004873', '--received', '2026-10-08T10:00', '--channel', 'fax'],
    ],
    ['a limit without a number', ['--received', '2026-10-08T10:00', '--duration', 'working-day']],
    ['a limit of a unit nobody knows', ['--received', '2026-10-08T10:00', '--duration', '3 months']],
    ['a negative limit', ['--received', '2026-10-08T10:00', '--duration', '-3 day']],
    ['an option nobody knows', ['--received', '2026-10-08T10:00', '--procedures', 'x']],
  ])('%s is wrong usage', async (_what, args) => {
    const { status, stderr, stdout } = await ask(args);
    expect(status).toBe(2);
    expect(stderr).toContain('[USAGE]');
    expect(stderr).toContain('--received T');
    expect(stdout).toBe('');
  });

  it('a procedure that is not there is named', async () => {
    const { status, stderr } = await ask(['--procedure', '7.777', '--received', '2026-10-08T10:00']);
    expect([status, stderr]).toEqual([1, expect.stringContaining('[PROCEDURE_UNKNOWN]')]);
  });

  it('asks the engine of a data folder where one is named', async () => {
    mkdirSync(at('data'));
    const catalogueFile = file('own.json', catalogue);
    writeFileSync(
      at('data/counter.json'),
      JSON.stringify({
        unit: { code: 'H14.22.05', name: 'UBND xã' },
        counter: 'Q01',
        user: { name: 'Nông Thị Mẫu' },
        catalogue: catalogueFile,
      }),
    );
    const due = await json([
      '--data',
      at('data'),
      '--procedure',
      '9.000001',
      '--received',
      '2026-10-08T10:00',
    ]);
    expect(due.local).toBe('2026-10-23T10:00:00+07:00');
    const lost = await ask([
      '--data',
      at('data'),
      '--procedure',
      '1.004873',
      '--received',
      '2026-10-08T10:00',
    ]);
    expect(lost.stderr).toContain('[PROCEDURE_UNKNOWN]');
  });

  it('stands in the help', async () => {
    const { stdout } = await runCounter(['--help']);
    expect(stdout).toMatch(/^ {2}due-date --procedure C --received T/m);
  });
});
