import { describe, expect, it } from 'vitest';
import { readPdf } from '../../../../src/main/pdf/reader/document.ts';
import { memorySource } from '../../../../src/main/pdf/reader/source.ts';
import { topTags } from '../../../../src/main/signing/verifying/changes/der.ts';
import { isLocked, permissionsOf } from '../../../../src/main/signing/verifying/changes/permissions.ts';
import { changesIn } from '../../../../src/main/signing/verifying/changes/steps.ts';
import { appendUpdate, ONE_PAGE, rawPdf } from '../sign-support.ts';

const document = (text: string | Buffer) =>
  readPdf(memorySource(typeof text === 'string' ? Buffer.from(text, 'latin1') : text));

describe('the outermost elements of DER', () => {
  const bytes = (hex: string) => Buffer.from(hex, 'hex');

  it('are told by their tags', () => {
    expect(topTags(bytes('30030a0103'))).toEqual([0x0a]);
    expect(topTags(bytes('300730003000030100'))).toEqual([0x30, 0x30, 0x03]);
    expect(topTags(bytes('30030a01030d0a'))).toEqual([0x0a]);
    expect(topTags(bytes('3000'))).toEqual([]);
  });

  it.each([
    '',
    '30',
    '3005',
    '300400',
    '30030a010300',
    '31030a0103',
    '30800a0103',
    '3085000000000100',
    '30040a020103ff',
    '30020a05',
  ])('are none in %s', (hex) => {
    expect(topTags(bytes(hex))).toBeNull();
  });
});

describe('what signatures leave open', () => {
  const signed = (reference: string, field = '', catalog = '') =>
    rawPdf([
      `<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [6 0 R]>> ${catalog}>>`,
      ...ONE_PAGE.slice(1),
      `<</FT /Sig /T (a) /V 7 0 R ${field}>>`,
      `<</Type /Sig ${reference}>>`,
    ]);
  const docMdp = (params: string) =>
    `/Reference [<</TransformMethod /DocMDP /TransformParams <<${params}>>>>]`;

  it.each([
    ['', '', '', null],
    [docMdp('/P 1'), '', '', 1],
    [docMdp('/P 3'), '', '', 3],
    [docMdp(''), '', '', 2],
    [docMdp('/P 7'), '', '', 1],
    [docMdp('/P (2)'), '', '', 1],
    [docMdp('/P 3'), '/Lock <</Action /All /P 2>>', '', 2],
    ['', '', '/Perms <</DocMDP 7 0 R>>', 2],
    [docMdp('/P 1'), '', '/Perms <</DocMDP 7 0 R>>', 1],
  ] as const)('%s %s %s: level %s', async (reference, field, catalog, level) => {
    expect((await permissionsOf(await document(signed(reference, field, catalog)))).level).toBe(level);
  });

  it('is read of locks in the reference and in the field', async () => {
    const reference =
      '/Reference [<</TransformMethod /FieldMDP /TransformParams <</Action /Include /Fields [(b) (c.d)]>>>>]';
    const { locks } = await permissionsOf(
      await document(signed(reference, '/Lock <</Action /Exclude /Fields [(e)]>>')),
    );
    expect(locks).toEqual([
      { action: 'Include', fields: ['b', 'c.d'] },
      { action: 'Exclude', fields: ['e'] },
    ]);
    expect(isLocked(locks.slice(0, 1), 'b')).toBe(true);
    expect(isLocked(locks.slice(0, 1), 'b.x')).toBe(true);
    expect(isLocked(locks.slice(0, 1), 'bx')).toBe(false);
    expect(isLocked(locks.slice(0, 1), 'c')).toBe(false);
    expect(isLocked(locks.slice(1), 'e')).toBe(false);
    expect(isLocked(locks.slice(1), 'f')).toBe(true);
    expect(isLocked([{ action: 'All', fields: [] }], 'f')).toBe(true);
    expect(isLocked([], 'f')).toBe(false);
  });
});

describe('changes since a revision', () => {
  const base = Buffer.from(rawPdf(ONE_PAGE), 'latin1');

  it('are none where nothing was appended, and named where the revision is no part of the file', async () => {
    const changes = changesIn(await document(base));
    expect(await changes(await document(base))).toEqual({ found: [], filled: [] });
    const longer = Buffer.from(rawPdf([...ONE_PAGE, 'null']), 'latin1');
    expect(await changes(await document(longer))).toEqual({
      found: [{ what: 'revision-chain-broken' }],
      filled: [],
    });
  });

  it('are told step by step, in the order of the revisions', async () => {
    const first = appendUpdate(base, new Map([[5, ONE_PAGE[4].replace('Helvetica', 'Courier')]]));
    const second = appendUpdate(first, new Map([[3, ONE_PAGE[2].replace('595', '594')]]));
    const { found } = await changesIn(await document(second))(await document(base));
    expect(found).toEqual([
      { what: 'object-changed', object: 5 },
      { what: 'page-changed', object: 3, key: 'MediaBox' },
    ]);
  });

  it('of a file that does not begin with its header say so', async () => {
    const shifted = (text: Buffer) => {
      const moved = text
        .toString('latin1')
        .replace(/\d{10}(?= \d{5} n)/g, (n) => String(Number(n) + 4).padStart(10, '0'));
      return Buffer.from(
        `\n\n\n\n${moved.replace(/startxref\n(\d+)/g, (_, n: string) => `startxref\n${Number(n) + 4}`)}`,
        'latin1',
      );
    };
    const odd = shifted(base);
    const appended = appendUpdate(odd, new Map());
    const { found } = await changesIn(await document(appended))(await document(odd));
    expect(found).toContainEqual({ what: 'header-shifted' });
  });

  it('name a hundred things at most', async () => {
    const notes = Array.from({ length: 300 }, (_, i) => `<</Type /Font /N ${i}>>`);
    const page = ONE_PAGE[2].replace('/F1 5 0 R', notes.map((_, i) => `/F${i} ${i + 6} 0 R`).join(' '));
    const many = Buffer.from(
      rawPdf([ONE_PAGE[0], ONE_PAGE[1], page, ONE_PAGE[3], ONE_PAGE[4], ...notes]),
      'latin1',
    );
    const changed = appendUpdate(many, new Map(notes.map((note, i) => [i + 6, note.replace('/N', '/M')])));
    expect((await changesIn(await document(changed))(await document(many))).found).toHaveLength(100);
  });
});
