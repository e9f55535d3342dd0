import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type ChainPurpose,
  judgeChain,
  readCertificate,
} from '../../../../src/main/signing/cms/certificates.ts';
import { certificateOf, openssl } from '../../../support/authority-pki.ts';
import { describeWithPeers } from '../../../support/peers.ts';

const CA = ['basicConstraints = critical, CA:true', 'keyUsage = critical, keyCertSign, cRLSign'];
const LEAF = ['basicConstraints = critical, CA:false', 'keyUsage = critical, digitalSignature'];

describeWithPeers(['openssl'], 'certificate paths as openssl sees them', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'paths-'));
  let made = 0;
  beforeAll(() => issue({ file: 'root', subject: '/C=VN/O=Gốc/CN=Gốc', extensions: CA }));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  interface Wish {
    readonly file?: string;
    readonly subject: string;
    readonly by?: string;
    readonly extensions: readonly string[];
    readonly key?: readonly string[];
    readonly mask?: string;
    readonly sign?: readonly string[];
  }

  /** Issues a certificate with a fresh key; the name of its files. */
  function issue(wish: Wish): string {
    const file = wish.file ?? `c${made++}`;
    const key = wish.key ?? ['EC', 'ec_paramgen_curve:P-256'];
    const options = key.slice(1).flatMap((o) => ['-pkeyopt', o]);
    openssl(folder, ['genpkey', '-algorithm', key[0]!, ...options, '-out', `${file}.key.pem`]);
    const at = path.join(folder, `${file}.cnf`);
    const mask = wish.mask ?? 'utf8only';
    writeFileSync(
      at,
      `[req]\ndistinguished_name = dn\nstring_mask = ${mask}\nutf8 = yes\n[dn]\n[e]\n${wish.extensions.join('\n')}\n`,
    );
    const ask = ['req', '-new', '-config', at, '-utf8', '-subj', wish.subject, '-key', `${file}.key.pem`];
    if (!wish.by) {
      openssl(folder, [...ask, '-x509', '-days', '30', '-extensions', 'e', '-out', `${file}.pem`]);
      return file;
    }
    openssl(folder, [...ask, '-out', `${file}.csr`]);
    const by = ['-CA', `${wish.by}.pem`, '-CAkey', `${wish.by}.key.pem`, '-CAcreateserial', '-days', '20'];
    const ext = ['-extfile', at, '-extensions', 'e'];
    openssl(folder, [
      'x509',
      '-req',
      '-in',
      `${file}.csr`,
      ...by,
      ...ext,
      '-out',
      `${file}.pem`,
      ...(wish.sign ?? []),
    ]);
    return file;
  }

  const facts = (file: string) => readCertificate(certificateOf(folder, file));
  function ours(leaf: string, authorities: readonly string[], purpose: ChainPurpose = 'signature') {
    const others = authorities.map(facts);
    return judgeChain(facts(leaf), { trust: [facts('root')], others, at: new Date(), purpose }).status;
  }
  function theirs(leaf: string, authorities: readonly string[], purpose = 'any'): boolean {
    const between = authorities.flatMap((a) => ['-untrusted', `${a}.pem`]);
    const run = spawnSync(
      'openssl',
      ['verify', '-x509_strict', '-purpose', purpose, '-CAfile', 'root.pem', ...between, `${leaf}.pem`],
      { cwd: folder },
    );
    return run.status === 0;
  }

  const constrained = (...constraints: string[]) => {
    const names = constraints.map((c, i) => `[n${i}]\n${c.split(';')[2] ?? ''}`);
    const list = constraints.map((c, i) => {
      const [kind, form] = c.split(';') as [string, string];
      return form === 'dirName' ? `${kind};dirName:n${i}` : `${kind};${form}`;
    });
    return issue({
      subject: '/C=VN/O=Cấp phát/CN=Bị giới hạn',
      by: 'root',
      extensions: [
        ...CA,
        `nameConstraints = critical, ${list.join(', ')}`,
        ...names.filter((n) => !n.endsWith('\n')),
      ],
    });
  };
  // The configuration of openssl takes dirName as Latin letters alone.
  const inside = 'C=VN\nO=Xa A';
  const leafBy = (by: string, subject: string, more: readonly string[] = []) =>
    issue({ subject, by, extensions: [...LEAF, ...more] });

  it('keep to the names that an authority was confined to', () => {
    const only = constrained(`permitted;dirName;${inside}`);
    const not = constrained(`excluded;dirName;${inside}`);
    const cases = [
      [only, '/C=VN/O=Xa A/CN=Người ký'],
      [only, '/C=VN/O=Xa B/CN=Người ký'],
      [only, '/C=VN/CN=Người ký'],
      [only, '/C=VN/O=xa  a/CN=Người ký'],
      [not, '/C=VN/O=Xa A/CN=Người ký'],
      [not, '/C=VN/O=Xa B/CN=Người ký'],
      [not, '/C=VN/O=XA A/CN=Người ký'],
    ] as const;
    const verdicts = cases.map(([by, subject]) => {
      const leaf = leafBy(by, subject);
      return [ours(leaf, [by]) === 'trusted', theirs(leaf, [by])];
    });
    expect(verdicts.map(([we]) => we)).toEqual([true, false, false, true, false, true, false]);
    expect(verdicts.map(([, they]) => they)).toEqual(verdicts.map(([we]) => we));
  });

  it('are refused where a name of another constrained form stands, whatever it says', () => {
    const hosts = constrained('permitted;DNS:xa-a.test');
    expect(ours(leafBy(hosts, '/C=VN/O=Xã A/CN=Người ký'), [hosts])).toBe('trusted');
    const named = leafBy(hosts, '/C=VN/O=Xã A/CN=Người ký', ['subjectAltName = DNS:www.xa-b.test']);
    expect([ours(named, [hosts]), theirs(named, [hosts])]).toEqual(['constraint-violated', false]);
    const mail = constrained('permitted;email:.xa-a.test');
    const mailbox = leafBy(mail, '/C=VN/O=Xã A/CN=Người ký/emailAddress=a@xa-b.test');
    expect([ours(mailbox, [mail]), theirs(mailbox, [mail])]).toEqual(['constraint-violated', false]);
  });

  it('serve the purpose that they are asked for, and no other', () => {
    const by = issue({ subject: '/C=VN/O=Cấp phát/CN=Mục đích', by: 'root', extensions: CA });
    const leaf = (usage: string | null) =>
      leafBy(by, '/C=VN/CN=Dịch vụ', usage ? [`extendedKeyUsage = ${usage}`] : []);
    const leaves = {
      stamps: leaf('critical, timeStamping'),
      stampsSoftly: leaf('timeStamping'),
      stampsAndMore: leaf('critical, timeStamping, OCSPSigning'),
      answers: leaf('OCSPSigning'),
      plain: leaf(null),
    };
    const status = (purpose: ChainPurpose) =>
      Object.entries(leaves).map(([name, file]) => [name, ours(file, [by], purpose) === 'trusted']);
    expect(Object.fromEntries(status('time-stamp'))).toEqual({
      stamps: true,
      stampsSoftly: false,
      stampsAndMore: false,
      answers: false,
      plain: false,
    });
    expect(Object.fromEntries(status('ocsp'))).toMatchObject({ answers: true, stamps: false, plain: false });
    expect(status('signature').every(([, good]) => good)).toBe(true);
    const purposes = Object.entries(leaves).map(([name, file]) => [
      name,
      theirs(file, [by], 'timestampsign'),
    ]);
    expect(purposes).toEqual(status('time-stamp'));
  });

  it('keep to the purposes that an authority was confined to', () => {
    const by = issue({
      subject: '/C=VN/O=Cấp phát/CN=Chỉ máy chủ',
      by: 'root',
      extensions: [...CA, 'extendedKeyUsage = serverAuth'],
    });
    const stamps = leafBy(by, '/C=VN/CN=Dấu thời gian', ['extendedKeyUsage = critical, timeStamping']);
    expect(ours(stamps, [by], 'time-stamp')).toBe('constraint-violated');
  });

  it('go on where the same name is encoded otherwise', () => {
    const by = issue({ subject: '/C=VN/O=Uy ban/CN=Cap phat', by: 'root', extensions: CA, mask: 'pkix' });
    const issuer = facts(by);
    const other = issue({ subject: '/C=VN/O=UY BAN/CN=cap phat', by: 'root', extensions: CA });
    expect(facts(other).subjectKey).toBe(issuer.subjectKey);
    expect(Buffer.from(facts(other).subject).equals(issuer.subject)).toBe(false);
    expect(facts(issue({ subject: '/C=VN/O=Uy ban/CN=Cap phap', extensions: CA })).subjectKey).not.toBe(
      issuer.subjectKey,
    );
  });

  it('do not rest on short keys, weak hashes or curves below 256 bits', () => {
    const short = {
      key: ['RSA', 'rsa_keygen_bits:1024'],
      subject: '/C=VN/CN=Ngắn',
      by: 'root',
      extensions: CA,
    };
    const weak = issue(short);
    expect(ours(leafBy(weak, '/C=VN/CN=Người ký'), [weak])).toBe('no-path');
    const curve = issue({ ...short, subject: '/C=VN/CN=Cong', key: ['EC', 'ec_paramgen_curve:P-224'] });
    expect(ours(leafBy(curve, '/C=VN/CN=Người ký'), [curve])).toBe('no-path');
    const old = issue({ subject: '/C=VN/CN=Cũ', by: 'root', extensions: LEAF, sign: ['-sha1'] });
    expect(ours(old, [])).toBe('no-path');
    // SHA-1 hides in the parameters of PSS as well.
    const by = issue({
      subject: '/C=VN/CN=Cấp phát',
      by: 'root',
      extensions: CA,
      key: ['RSA', 'rsa_keygen_bits:2048'],
    });
    const pss = ['-sha1', '-sigopt', 'rsa_padding_mode:pss'];
    expect(ours(issue({ subject: '/C=VN/CN=Cũ', by, extensions: LEAF, sign: pss }), [by])).toBe('no-path');
  });

  it.each([
    ['P-521', ['EC', 'ec_paramgen_curve:P-521'], []],
    ['RSASSA-PSS', ['RSA', 'rsa_keygen_bits:2048'], ['-sigopt', 'rsa_padding_mode:pss', '-sha384']],
    ['an RSA-PSS key', ['RSA-PSS', 'rsa_keygen_bits:2048'], []],
    ['Ed25519', ['ED25519'], []],
  ])('lead through %s', (_, key, sign) => {
    const by = issue({ subject: '/C=VN/CN=Cấp phát', by: 'root', extensions: CA, key });
    const leaf = issue({ subject: '/C=VN/CN=Người ký', by, extensions: LEAF, sign });
    expect([ours(leaf, [by]), theirs(leaf, [by])]).toEqual(['trusted', true]);
  });
});
