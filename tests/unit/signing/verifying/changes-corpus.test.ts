import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../../src/main/pdf/reader/source.ts';
import { verifySource } from '../../../../src/main/signing/verifying/verify.ts';

/** Test data of pyHanko (MIT); not part of this repository. */
const FOLDER =
  process.env.PYHANKO_CORPUS ?? path.resolve(import.meta.dirname, '../../../../../shared/corpora/pyhanko');

/** Manipulated or malformed after signing: the first signature must say so by this name. */
const REFUSED: Readonly<Record<string, string>> = {
  'form-update-ap-indirect-sneaky-trailer.pdf': 'object-reused',
  'form-update-no-override-appearance-stream-ap-indirect-sneaky.pdf': 'object-reused',
  'form-update-override-appearance-stream-ap-indirect-sneaky.pdf': 'object-reused',
  'form-update-override-appearance-stream-sneaky.pdf': 'object-reused',
  'extensions-indirect-not-all-paths.pdf': 'object-reused',
  'one-byterange.pdf': 'byte-range-malformed',
  'weird-byterange.pdf': 'gap-not-contents',
  'signature-gap-too-big.pdf': 'gap-not-contents',
  'tail-uncovered.pdf': 'not-a-revision',
  'pdf-sig-with-econtent.pdf': 'content-not-detached',
};

/** Lawfully appended to: nothing may be said to be tampered with. */
const LAWFUL = [
  'extensions-direct.pdf',
  'extensions-indirect.pdf',
  'extensions-update-direct.pdf',
  'extensions-update-indirect.pdf',
  'form-update-no-override-appearance-stream-ap-indirect.pdf',
  'form-update-override-appearance-stream-ap-indirect.pdf',
  'form-update-override-appearance-stream.pdf',
  'minimal-signed-twice-both-created.pdf',
  'minimal-signed-twice-no-sig-type.pdf',
  'minimal-signed-twice-second-created.pdf',
  'minimal-two-fields-signed-twice.pdf',
  'pades-lta-dss-indirect-arrs-test-2.pdf',
  'pades-lta-dss-indirect-arrs-test.pdf',
  'separate-annots-kids-indir.pdf',
];

const missing = !existsSync(FOLDER);
describe.skipIf(missing)(`signed files of pyHanko${missing ? ` [missing: ${FOLDER}]` : ''}`, () => {
  const verify = async (name: string) =>
    (await verifySource(memorySource(readFileSync(path.join(FOLDER, name))), { trust: [] })).signatures;

  it.each(Object.entries(REFUSED))('%s is refused: %s', async (name, reason) => {
    const [first] = await verify(name);
    expect(first).toMatchObject({ indication: 'TOTAL-FAILED' });
    expect(first!.reasons).toContain(reason);
  });

  it.each(LAWFUL)('%s is sound', async (name) => {
    for (const signature of await verify(name)) {
      expect(signature.modifiedAfter).toEqual([]);
      expect(signature.indication).toBe('INDETERMINATE');
      expect(signature.reasons).toEqual(['issuer-unknown']);
    }
  });
});
