import { spawnSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { PASSWORD, type TestSigner } from './pki.ts';

/** Hosts that exist nowhere: the product's host map leads them to the test's loopback server. */
export const HOSTS = {
  ocsp: 'ocsp.thu-nghiem.test',
  crl: 'crl.thu-nghiem.test',
  ca: 'ca.thu-nghiem.test',
  tsa: 'tsa.thu-nghiem.test',
} as const;

const ORGANISATION = 'Ủy ban nhân dân xã Thử Nghiệm';
const DAY = 86_400_000;
const VERSION = 4;
const CACHE = path.resolve(import.meta.dirname, '../../node_modules/.cache/test-authorities');

interface Wish {
  readonly name: string;
  readonly key: 'rsa:2048' | 'rsa:3072' | 'rsa:4096' | 'ec:P-256' | 'ec:P-384' | 'ec:P-521';
  readonly by: 'root' | 'issuing';
  /** Days from now. */
  readonly from: number;
  readonly to: number;
  readonly section:
    | 'signer'
    | 'wrong_usage'
    | 'tsa'
    | 'tsa_bad'
    | 'tsa_loose'
    | 'ocsp'
    | 'ocsp_checked'
    | 'ocsp_root';
}

const SIGNERS = {
  rsa: { name: 'Nông Thị Mẫu', key: 'rsa:3072', from: -300, to: 365, section: 'signer' },
  rsa2048: { name: 'Trần Văn Hai Nghìn', key: 'rsa:2048', from: -300, to: 365, section: 'signer' },
  rsa4096: { name: 'Lê Thị Bốn Nghìn', key: 'rsa:4096', from: -300, to: 365, section: 'signer' },
  ec: { name: 'Đặng Văn Đường Cong', key: 'ec:P-256', from: -300, to: 365, section: 'signer' },
  ec384: { name: 'Phạm Thị Ba Tám Bốn', key: 'ec:P-384', from: -300, to: 365, section: 'signer' },
  ec521: { name: 'Vũ Văn Năm Hai Một', key: 'ec:P-521', from: -300, to: 365, section: 'signer' },
  expired: { name: 'Hoàng Thị Hết Hạn', key: 'ec:P-256', from: -400, to: -35, section: 'signer' },
  future: { name: 'Ngô Văn Tương Lai', key: 'ec:P-256', from: 30, to: 365, section: 'signer' },
  revoked: { name: 'Bùi Thị Thu Hồi', key: 'ec:P-256', from: -300, to: 365, section: 'signer' },
  wrongUsage: { name: 'Đỗ Văn Sai Mục Đích', key: 'ec:P-256', from: -300, to: 365, section: 'wrong_usage' },
} as const;
export type AuthoritySignerName = keyof typeof SIGNERS;
export const SIGNER_NAMES = Object.keys(SIGNERS) as AuthoritySignerName[];

const SERVICES = {
  tsa: { name: 'Dịch vụ cấp dấu thời gian Thử Nghiệm', by: 'issuing', section: 'tsa' },
  /** No extendedKeyUsage at all. */
  tsaBad: { name: 'Dấu thời gian sai', by: 'issuing', section: 'tsa_bad' },
  /** extendedKeyUsage timeStamping, not critical. */
  tsaLoose: { name: 'Dấu thời gian lỏng', by: 'issuing', section: 'tsa_loose' },
  ocsp: { name: 'Trả lời OCSP Thử Nghiệm', by: 'issuing', section: 'ocsp' },
  /** Without id-pkix-ocsp-nocheck: whether it was revoked has to be asked. */
  ocspChecked: { name: 'Trả lời OCSP phải kiểm tra', by: 'issuing', section: 'ocsp_checked' },
  ocspRoot: { name: 'Trả lời OCSP gốc', by: 'root', section: 'ocsp_root' },
} as const;
export type ServiceName = keyof typeof SERVICES;

/** The signer `revoked` was revoked so many days before the PKI was made, for keyCompromise. */
const REVOKED_DAYS_AGO = 10;

const CONFIG = `
[req]
distinguished_name = dn
string_mask = utf8only
utf8 = yes
prompt = no
[dn]
[ca]
default_ca = issuing
[root]
database = root/index.txt
new_certs_dir = root/new
serial = root/serial
crlnumber = root/crlnumber
certificate = root.pem
private_key = root.key.pem
default_md = sha256
default_crl_days = 30
policy = policy
unique_subject = no
copy_extensions = none
crl_extensions = crl_ext
[issuing]
database = issuing/index.txt
new_certs_dir = issuing/new
serial = issuing/serial
crlnumber = issuing/crlnumber
certificate = issuing.pem
private_key = issuing.key.pem
default_md = sha256
default_crl_days = 7
policy = policy
unique_subject = no
copy_extensions = none
crl_extensions = crl_ext
[policy]
countryName = optional
organizationName = optional
commonName = supplied
[crl_ext]
authorityKeyIdentifier = keyid
[root_ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[issuing_ca]
basicConstraints = critical, CA:true, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
certificatePolicies = 1.3.6.1.4.1.55555.1
authorityInfoAccess = OCSP;URI:http://${HOSTS.ocsp}/ocsp/root, caIssuers;URI:http://${HOSTS.ca}/ca/root.crt
crlDistributionPoints = URI:http://${HOSTS.crl}/crl/root.crl
`;

const LEAF = (by: 'root' | 'issuing') => `basicConstraints = critical, CA:false
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
authorityInfoAccess = OCSP;URI:http://${HOSTS.ocsp}/ocsp/${by}, caIssuers;URI:http://${HOSTS.ca}/ca/${by}.crt
crlDistributionPoints = URI:http://${HOSTS.crl}/crl/${by}.crl`;

const USAGES: Readonly<Record<Wish['section'], readonly string[]>> = {
  signer: ['keyUsage = critical, digitalSignature, nonRepudiation'],
  wrong_usage: ['keyUsage = critical, keyEncipherment'],
  tsa: ['keyUsage = critical, digitalSignature', 'extendedKeyUsage = critical, timeStamping'],
  tsa_bad: ['keyUsage = critical, digitalSignature'],
  tsa_loose: ['keyUsage = critical, digitalSignature', 'extendedKeyUsage = timeStamping'],
  ocsp: ['keyUsage = critical, digitalSignature', 'extendedKeyUsage = OCSPSigning', 'noCheck = yes'],
  ocsp_checked: ['keyUsage = critical, digitalSignature', 'extendedKeyUsage = OCSPSigning'],
  ocsp_root: ['keyUsage = critical, digitalSignature', 'extendedKeyUsage = OCSPSigning', 'noCheck = yes'],
};

/** Runs openssl; what it wrote to stdout. Throws what it complained of. */
export function openssl(cwd: string, args: readonly string[], input?: Uint8Array): Buffer {
  const ran = spawnSync('openssl', args, {
    cwd,
    maxBuffer: 64 << 20,
    ...(input ? { input: Buffer.from(input) } : {}),
  });
  if (ran.status !== 0) throw new Error(`openssl ${args.join(' ')}: ${ran.stderr}`);
  return ran.stdout;
}

/** ASN.1 GeneralizedTime without fractions. */
export function opensslTime(at: Date): string {
  return `${at.toISOString().replace(/\D/g, '').slice(0, 14)}Z`;
}

/** UTCTime, as the index of `openssl ca` has it. */
function utcTime(at: Date): string {
  return opensslTime(at).slice(2);
}

/** A private copy of the PKI of the day: what a test revokes is revoked for that test alone. */
export function authorityPki(): string {
  const folder = path.join(CACHE, `v${VERSION}-${new Date().toISOString().slice(0, 10)}`);
  if (!existsSync(folder)) makeInto(folder);
  const copy = mkdtempSync(path.join(CACHE, 'run-'));
  cpSync(folder, copy, { recursive: true });
  return copy;
}

function makeInto(folder: string): void {
  mkdirSync(CACHE, { recursive: true });
  // What runs that were killed have left.
  for (const name of readdirSync(CACHE)) {
    const old = path.join(CACHE, name);
    const age = Date.now() - (statSync(old, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > 2 * DAY) rmSync(old, { recursive: true, force: true });
  }
  const draft = mkdtempSync(path.join(CACHE, 'draft-'));
  make(draft);
  try {
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

function make(folder: string): void {
  const put = (name: string, data: string) => writeFileSync(path.join(folder, name), data);
  for (const authority of ['root', 'issuing']) {
    mkdirSync(path.join(folder, authority, 'new'), { recursive: true });
    put(`${authority}/index.txt`, '');
    // Serial numbers with the top bit set: their INTEGER begins with a zero octet.
    put(`${authority}/serial`, authority === 'root' ? 'C0FFEE01' : '9D3A5512F0E1');
    put(`${authority}/crlnumber`, '01');
  }
  const leaves = Object.entries(USAGES).map(([section, lines]) =>
    [`[${section}]`, LEAF(section === 'ocsp_root' ? 'root' : 'issuing'), ...lines, ''].join('\n'),
  );
  put('ca.cnf', `${CONFIG}\n${leaves.join('\n')}`);
  selfSigned(folder, 'root', 'Chứng thực gốc Thử Nghiệm');
  selfSigned(folder, 'stranger', 'Chứng thực gốc xa lạ');
  const years = { from: -500, to: 3650 };
  const ca = { name: 'Chứng thực cấp phát Thử Nghiệm', key: 'rsa:3072', by: 'root', ...years } as const;
  issue(folder, 'issuing', ca, 'issuing_ca');
  for (const [file, wish] of Object.entries(SIGNERS)) {
    issue(folder, file, { ...wish, by: 'issuing' }, wish.section);
    pack(folder, file);
  }
  for (const [file, wish] of Object.entries(SERVICES)) {
    issue(folder, file, { ...wish, key: 'rsa:3072', from: -500, to: 3000 }, wish.section);
  }
  revokeIn(folder, 'revoked', new Date(Date.now() - REVOKED_DAYS_AGO * DAY), 'keyCompromise');
}

function newKey(folder: string, file: string, key: Wish['key']): void {
  const [kind, size] = key.split(':') as ['rsa' | 'ec', string];
  const option = kind === 'rsa' ? `rsa_keygen_bits:${size}` : `ec_paramgen_curve:${size}`;
  openssl(folder, ['genpkey', '-algorithm', kind, '-pkeyopt', option, '-out', `${file}.key.pem`]);
}

function subject(name: string): string {
  return `/C=VN/O=${ORGANISATION}/CN=${name}`;
}

function selfSigned(folder: string, file: string, name: string): void {
  newKey(folder, file, 'rsa:3072');
  const csr = ['-key', `${file}.key.pem`, '-out', `${file}.csr`, '-subj', subject(name)];
  openssl(folder, ['req', '-new', '-config', 'ca.cnf', '-utf8', ...csr]);
  openssl(folder, [
    ...['ca', '-batch', '-notext', '-utf8', '-config', 'ca.cnf', '-name', 'root', '-selfsign'],
    ...['-keyfile', `${file}.key.pem`, '-extensions', 'root_ca', '-in', `${file}.csr`, '-out', `${file}.pem`],
    ...['-startdate', opensslTime(new Date(Date.now() - 500 * DAY))],
    ...['-enddate', opensslTime(new Date(Date.now() + 3650 * DAY))],
  ]);
}

function issue(
  folder: string,
  file: string,
  { name, key, by, from, to }: Omit<Wish, 'section'>,
  section: string,
): void {
  newKey(folder, file, key);
  const csr = ['-key', `${file}.key.pem`, '-out', `${file}.csr`, '-subj', subject(name)];
  openssl(folder, ['req', '-new', '-config', 'ca.cnf', '-utf8', ...csr]);
  openssl(folder, [
    ...['ca', '-batch', '-notext', '-utf8', '-config', 'ca.cnf', '-name', by, '-extensions', section],
    ...['-in', `${file}.csr`, '-out', `${file}.pem`],
    ...['-startdate', opensslTime(new Date(Date.now() + from * DAY))],
    ...['-enddate', opensslTime(new Date(Date.now() + to * DAY))],
  ]);
}

function pack(folder: string, file: string): void {
  writeFileSync(
    path.join(folder, 'chain.pem'),
    Buffer.concat(['issuing.pem', 'root.pem'].map((f) => readFileSync(path.join(folder, f)))),
  );
  openssl(folder, [
    ...['pkcs12', '-export', '-in', `${file}.pem`, '-inkey', `${file}.key.pem`, '-certfile', 'chain.pem'],
    ...['-passout', `pass:${PASSWORD}`, '-out', `${file}.p12`],
  ]);
}

/** DER of a certificate of the PKI in `folder`. */
export function certificateOf(folder: string, file: string): Uint8Array {
  return Uint8Array.from(openssl(folder, ['x509', '-in', `${file}.pem`, '-outform', 'DER']));
}

/** Hexadecimal serial number as the index has it. */
function serialOf(folder: string, file: string): string {
  return openssl(folder, ['x509', '-in', `${file}.pem`, '-noout', '-serial'])
    .toString()
    .trim()
    .slice(7);
}

/** Marks a certificate revoked in its authority's index; null takes the revocation back. */
export function revokeIn(folder: string, file: string, at: Date | null, reason: string): void {
  const serial = serialOf(folder, file);
  for (const authority of ['root', 'issuing']) {
    const index = path.join(folder, authority, 'index.txt');
    const lines = readFileSync(index, 'utf8').split('\n');
    const changed = lines.map((line) => {
      const fields = line.split('\t');
      if (fields[3] !== serial) return line;
      const state = at ? ['R', fields[1], `${utcTime(at)},${reason}`] : ['V', fields[1], ''];
      return [...state, ...fields.slice(3)].join('\t');
    });
    writeFileSync(index, changed.join('\n'));
  }
}

export function signerOf(folder: string, name: AuthoritySignerName): TestSigner {
  const certificate = certificateOf(folder, name);
  const at = (suffix: string) => path.join(folder, `${name}${suffix}`);
  return {
    certificate,
    certificates: [certificate, certificateOf(folder, 'issuing'), certificateOf(folder, 'root')],
    privateKey: createPrivateKey(readFileSync(at('.key.pem'))),
    p12File: at('.p12'),
    certificateFile: at('.pem'),
    keyFile: at('.key.pem'),
  };
}
