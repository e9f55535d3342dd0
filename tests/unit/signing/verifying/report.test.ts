import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadTexts } from '../../../../src/cli/texts.ts';
import { indication } from '../../../../src/contract/model.ts';
import {
  type SignatureReport,
  subIndication,
  type VerificationReport,
} from '../../../../src/contract/verification.ts';
import { linesOf } from '../../../../src/main/signing/verifying/report.ts';

const ROOT = path.resolve(import.meta.dirname, '../../../..');
const VERIFYING = path.join(ROOT, 'src/main/signing/verifying');
const source = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const messages = (language: string) =>
  JSON.parse(source(`resources/texts/verify.${language}.json`)) as Record<string, string>;
const vi = messages('vi');

const SIGNER = {
  name: 'Nông Thị Mẫu',
  organisation: 'Ủy ban nhân dân xã Thử Nghiệm',
  issuer: 'Chứng thực cấp phát Thử Nghiệm',
  serial: '9d3a',
  notBefore: '2026-01-01T00:00:00.000Z',
  notAfter: '2027-01-01T00:00:00.000Z',
  fingerprint: 'ab'.repeat(32),
};
const GOOD: SignatureReport = {
  fieldName: 'Signature1',
  type: 'signature',
  subFilter: 'ETSI.CAdES.detached',
  indication: 'TOTAL-PASSED',
  subIndication: null,
  reasons: [],
  level: 'B-B',
  signer: SIGNER,
  algorithm: 'ecdsa-with-SHA256',
  hash: 'sha256',
  claimedTime: "D:20261124011827+07'00'",
  provenTime: null,
  timeStamps: [],
  chain: 'trusted',
  revocation: 'not-checked',
  revokedAt: null,
  reason: null,
  location: null,
  coverage: { end: 100, bytesAfter: 0, wholeFile: true },
  certifies: null,
  modifiedAfter: [],
  filledAfter: [],
};
const reportOf = (...signatures: SignatureReport[]): VerificationReport => ({
  indication: signatures[0]?.indication ?? null,
  sha256: '0'.repeat(64),
  bytes: 100,
  revisions: 1,
  judgedAt: '2026-11-23T18:00:00.000Z',
  policy: { anchors: ['Gốc A', 'Gốc B'], revocation: 'offline' },
  signatures,
});

function words(report: VerificationReport, language: 'vi' | 'en' = 'vi'): string[] {
  const texts = loadTexts(language);
  return linesOf(report, texts.say).map(({ key, values }) => texts.say(key, values));
}

describe('a report for people', () => {
  it('says valid, signer, time, integrity and policy in Vietnamese, and that revocation was not checked', () => {
    expect(words(reportOf(GOOD))).toEqual([
      'Mọi chữ ký số đều hợp lệ.',
      'Chữ ký số 1 HỢP LỆ',
      'Người ký: Nông Thị Mẫu, Ủy ban nhân dân xã Thử Nghiệm',
      'Thời gian ký: 01:18:27 24/11/2026, theo đồng hồ của người ký, chưa được chứng thực',
      'Toàn vẹn: văn bản không thay đổi từ khi ký',
      'Chứng thư số 9d3a do Chứng thực cấp phát Thử Nghiệm cấp, hiệu lực từ 01/01/2026 đến 01/01/2027',
      'Chứng thư dẫn đến gốc tin cậy',
      'CHƯA kiểm tra thu hồi chứng thư',
      'Mức chữ ký: B-B',
      'Kiểm tra lúc 01:00:00 24/11/2026',
      'Gốc tin cậy: Gốc A; Gốc B',
      'Thu hồi: chỉ dựa vào dữ liệu có sẵn trong tệp, không hỏi qua mạng',
    ]);
  });

  it('says what is wrong with it before anything else', () => {
    const bad = {
      ...GOOD,
      indication: 'TOTAL-FAILED',
      subIndication: 'FORMAT_FAILURE',
      reasons: ['page-changed', 'page-changed', 'object-added'],
      modifiedAfter: [{ what: 'page-changed' }, { what: 'object-added' }],
    } satisfies SignatureReport;
    expect(words(reportOf(bad), 'en').slice(0, 8)).toEqual([
      'There is a signature that is not valid.',
      'Signature 1 is INVALID',
      'The signature or the file is malformed',
      'A page was changed',
      'Content was added after signing',
      'Signer: Nông Thị Mẫu, Ủy ban nhân dân xã Thử Nghiệm',
      'Signing time: 01:18:27 24/11/2026 by the signer’s own clock, not proven',
      'NOT INTACT: the document was changed after signing',
    ]);
  });

  it('tells a proven time from a claimed one, and names who proves it', () => {
    const at = '2026-11-23T18:20:00.000Z';
    const stamp = { at, indication: 'TOTAL-PASSED', subIndication: null, reasons: [] } as const;
    const proven: SignatureReport = {
      ...GOOD,
      provenTime: at,
      revocation: 'revoked',
      revokedAt: at,
      timeStamps: [
        { ...stamp, kind: 'signature', authority: { ...SIGNER, name: 'TSA' }, reasons: [] },
        { ...stamp, kind: 'document', authority: null, reasons: [] },
      ],
      coverage: { end: 50, bytesAfter: 50, wholeFile: false },
      filledAfter: ['ngày', 'tên'],
      certifies: 2,
    };
    const said = words(reportOf(proven));
    expect(said).toEqual(
      expect.arrayContaining([
        'Thời gian ký: không muộn hơn 01:20:00 24/11/2026, được dấu thời gian chứng thực',
        'Đồng hồ của người ký ghi: 01:18:27 24/11/2026',
        'Toàn vẹn: phần đã ký không thay đổi; sau khi ký đã điền các trường: ngày, tên',
        'Sau chữ ký này chỉ được điền biểu mẫu và ký',
        'Chứng thư đã bị THU HỒI lúc 01:20:00 24/11/2026',
        'Dấu thời gian 01:20:00 24/11/2026 của TSA: hợp lệ',
        'Dấu thời gian 01:20:00 24/11/2026 của đơn vị không xác định: hợp lệ',
      ]),
    );
  });

  it.each([
    ["D:20261123092105+07'00'", '09:21:05 23/11/2026'],
    ['D:20261123022105Z', '09:21:05 23/11/2026'],
    ['D:20261123022105-0330', '12:51:05 23/11/2026'],
    ['D:20261123092105', '09:21:05 23/11/2026'],
    ["D:20261123092105+99'99'", "D:20261123092105+99'99'"],
    ['yesterday', 'yesterday'],
  ])('shows the date %s as %s', (claimedTime, shown) => {
    expect(words(reportOf({ ...GOOD, claimedTime })).join('\n')).toContain(`Thời gian ký: ${shown},`);
  });

  it('has little to say of a file without signatures', () => {
    expect(words({ ...reportOf(), policy: { anchors: [], revocation: 'online' } })).toEqual([
      'Không có chữ ký số.',
      'Kiểm tra lúc 01:00:00 24/11/2026',
      'Không có gốc tin cậy nào được cấu hình',
      'Thu hồi: được hỏi dịch vụ OCSP/CRL của các tổ chức chứng thực khi cần',
    ]);
  });
});

describe('the texts of verification', () => {
  it('are the same keys in both languages, composed and without stray spaces', () => {
    const en = messages('en');
    expect(Object.keys(en)).toEqual(Object.keys(vi));
    const bad = [...Object.values(vi), ...Object.values(en)].filter(
      (text) => text !== text.normalize('NFC') || text !== text.trim() || text.includes('  '),
    );
    expect(bad).toEqual([]);
  });

  it('speak of every indication, sub-indication and reason that the code can give', () => {
    const all = (file: string, pattern: RegExp) => [...source(file).matchAll(pattern)].map((m) => m[1]!);
    const rooms = readdirSync(VERIFYING).filter((name) => name.endsWith('.ts'));
    const given = rooms.flatMap((name) =>
      all(`src/main/signing/verifying/${name}`, /(?:failed|open)\('[A-Z_]+', '([a-z0-9-]+)'/g),
    );
    const reasons = [
      ...given,
      ...all('src/main/signing/verifying/coverage.ts', /^ {2}\| '([a-z-]+)'/gm),
      ...all('src/main/signing/verifying/revocation.ts', /'(revocation-[a-z-]+)'/g),
      ...all('src/main/signing/verifying/asking.ts', /'(revocation-[a-z-]+)'/g),
      ...all('src/main/signing/verifying/changes/comparison.ts', /\| '([a-z-]+)'/g),
      ...all('src/main/signing/cms/verify.ts', /^ {2}\| '([A-Z_]+)'/gm)
        .map((problem) => problem.toLowerCase().replaceAll('_', '-'))
        .map((word) => (word === 'signing-certificate-wrong' ? 'signing-certificate-attribute-wrong' : word)),
    ];
    expect(new Set(reasons).size).toBeGreaterThan(60);
    const keys = [
      ...indication.options.flatMap((i) => [`verify.indication.${i}`, `verify.signature.${i}`]),
      ...subIndication.options.map((s) => `verify.subIndication.${s}`),
      ...reasons.map((word) => `verify.reason.${word}`),
    ];
    expect(keys.filter((key) => !vi[key])).toEqual([]);
  });
});
