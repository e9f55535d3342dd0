import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  type AuthoritySignerName,
  authorityPki,
  certificateOf,
  HOSTS,
  openssl,
  opensslTime,
  revokeIn,
  type ServiceName,
  SIGNER_NAMES,
  signerOf,
} from './authority-pki.ts';
import type { TestSigner } from './pki.ts';

export type { AuthoritySignerName } from './authority-pki.ts';

/** What answers: a time stamp authority, one whose certificate is wrong, OCSP, CRLs, certificates. */
export type AuthorityService = 'tsa' | 'tsaBad' | 'tsaLoose' | 'ocsp' | 'crl' | 'ca';

/** What goes wrong at a service until it is taken back; without any of it the service answers as it should. */
export interface Fault {
  /** Only so many of the next requests suffer. */
  readonly times?: number;
  readonly delayMs?: number;
  /** This HTTP status with an empty body. */
  readonly status?: number;
  /** Sent with the status: 302 to somewhere, 503 with retry-after. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The connection is closed without an answer. */
  readonly down?: boolean;
  /** Changes the request before the real responder sees it (wrong imprint, wrong nonce). */
  readonly request?: (body: Buffer) => Buffer;
  /** Changes the answer (garbage, cut, PEM instead of DER). */
  readonly respond?: (body: Buffer) => Buffer;
  /** OCSP signed by this certificate's key instead of the responder's. */
  readonly responder?: AuthoritySignerName | ServiceName | 'issuing';
  /** CRLs of the past: these days before now were they made, and valid for a day. */
  readonly staleDays?: number;
}

export interface StampRequest {
  readonly digest: Uint8Array;
  readonly hash?: 'sha256' | 'sha384' | 'sha512';
  /** genTime, to the second; now unless given. */
  readonly at?: Date;
  readonly by?: 'tsa' | 'tsaBad' | 'tsaLoose' | AuthoritySignerName;
}

export interface TestAuthorities {
  readonly folder: string;
  readonly root: Uint8Array;
  readonly issuing: Uint8Array;
  readonly rootFile: string;
  readonly issuingFile: string;
  /** A root that signed nothing here. */
  readonly strangerRoot: Uint8Array;
  readonly signers: Readonly<Record<AuthoritySignerName, TestSigner>>;
  /** Certificates of the services, DER. */
  readonly services: Readonly<Record<ServiceName, Uint8Array>>;
  /** Addresses under made-up hosts, as the certificates carry them. */
  readonly urls: Readonly<
    Record<
      'tsa' | 'tsaBad' | 'tsaLoose' | 'ocsp' | 'ocspRoot' | 'crl' | 'crlRoot' | 'caIssuing' | 'caRoot',
      string
    >
  >;
  /** Made-up host → host and port of this server: what the product's host map is to be given. */
  readonly hostMap: Readonly<Record<string, string>>;
  /** http://127.0.0.1:PORT, for clients that map no hosts. */
  readonly origin: string;
  /** Makes a service fail from now on; null heals it. */
  fault(service: AuthorityService, fault: Fault | null): void;
  requests(service: AuthorityService): number;
  mostAtOnce(service: AuthorityService): number;
  /** Revokes a signer or a service's certificate for this run; OCSP and CRLs made from now on say so. */
  revoke(name: AuthoritySignerName | ServiceName | 'issuing', at?: Date, reason?: string): void;
  /** A time stamp token (DER) without the network; at a time of choice it is signed by `openssl cms`. */
  stamp(request: StampRequest): Promise<Uint8Array>;
  /** A whole TimeStampResp for a TimeStampReq. */
  timeStampResponse(query: Uint8Array): Promise<Uint8Array>;
  /** OCSPResponse for the one certificate, as of now; `responder` signs, the delegated one unless given. */
  ocspResponse(certificate: Uint8Array, responder?: Fault['responder']): Promise<Uint8Array>;
  /** CRL, DER; valid from now for seven days unless told. */
  crl(by: 'root' | 'issuing', from?: Date, to?: Date): Uint8Array;
  close(): Promise<void>;
}

const run = promisify(execFile);
const DAY = 86_400_000;
const TST_INFO = '1.2.840.113549.1.9.16.1.4';

/** A PKI with its authorities, running on loopback until it is closed. */
export async function startAuthorities(): Promise<TestAuthorities> {
  const folder = authorityPki();
  const file = (name: string) => path.join(folder, name);
  const der = (name: string) => certificateOf(folder, name);
  const faults = new Map<AuthorityService, { fault: Fault; left: number }>();
  const seen = new Map<AuthorityService, { total: number; now: number; most: number }>();
  const counter = (service: AuthorityService) => {
    const found = seen.get(service) ?? { total: 0, now: 0, most: 0 };
    seen.set(service, found);
    return found;
  };

  async function within<T>(task: (at: (name: string) => string) => Promise<T>): Promise<T> {
    const scratch = mkdtempSync(file('job-'));
    try {
      return await task((name) => path.join(scratch, name));
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }

  function timeStampResponse(query: Uint8Array): Promise<Uint8Array> {
    return within(async (at) => {
      writeFileSync(at('query'), query);
      writeFileSync(at('serial'), `0${randomBytes(8).toString('hex').slice(1)}`.toUpperCase());
      writeFileSync(at('tsa.cnf'), tsaConfig(at('serial')));
      const key = ['-signer', file('tsa.pem'), '-inkey', file('tsa.key.pem'), '-chain', file('chain.pem')];
      const reply = [
        '-queryfile',
        at('query'),
        '-config',
        at('tsa.cnf'),
        '-section',
        'tsa',
        '-out',
        at('reply'),
      ];
      await run('openssl', ['ts', '-reply', ...reply, ...key]);
      return Uint8Array.from(readFileSync(at('reply')));
    });
  }

  /** The content of a TimeStampResp's token: SEQUENCE of version 1, policy, … inside an OCTET STRING. */
  function stamp({ digest, hash = 'sha256', at: time, by = 'tsa' }: StampRequest): Promise<Uint8Array> {
    return within(async (at) => {
      const query = ['ts', '-query', '-digest', Buffer.from(digest).toString('hex'), `-${hash}`, '-cert'];
      await run('openssl', [...query, '-out', at('query')]);
      writeFileSync(at('response'), await timeStampResponse(readFileSync(at('query'))));
      await run('openssl', ['ts', '-reply', '-in', at('response'), '-token_out', '-out', at('token')]);
      if (by === 'tsa' && !time) return Uint8Array.from(readFileSync(at('token')));
      const info = ['cms', '-verify', '-noverify', '-inform', 'DER', '-in', at('token'), '-out', at('info')];
      await run('openssl', info);
      writeFileSync(at('changed'), withTime(readFileSync(at('info')), time ?? new Date()));
      await run('openssl', [
        ...['cms', '-sign', '-binary', '-nodetach', '-cades', '-md', 'sha256', '-nosmimecap'],
        ...['-econtent_type', TST_INFO, '-signer', file(`${by}.pem`), '-inkey', file(`${by}.key.pem`)],
        ...['-certfile', file('chain.pem'), '-in', at('changed'), '-outform', 'DER', '-out', at('signed')],
      ]);
      return Uint8Array.from(readFileSync(at('signed')));
    });
  }

  function ocspAnswer(by: string, request: Uint8Array, responder?: Fault['responder']): Promise<Uint8Array> {
    return within(async (at) => {
      writeFileSync(at('request'), request);
      const signer = responder ?? (by === 'root' ? 'ocspRoot' : 'ocsp');
      await run('openssl', [
        ...[
          'ocsp',
          '-index',
          file(`${by}/index.txt`),
          '-CA',
          file(`${by}.pem`),
          '-rsigner',
          file(`${signer}.pem`),
        ],
        ...['-rkey', file(`${signer}.key.pem`), '-reqin', at('request'), '-respout', at('response')],
        ...['-ndays', '1', '-rmd', 'sha256'],
      ]);
      return Uint8Array.from(readFileSync(at('response')));
    });
  }

  function ocspResponse(certificate: Uint8Array, responder?: Fault['responder']): Promise<Uint8Array> {
    return within(async (at) => {
      const pem = openssl(folder, ['x509', '-inform', 'DER'], certificate);
      writeFileSync(at('subject.pem'), pem);
      const issuer = openssl(folder, ['x509', '-in', at('subject.pem'), '-noout', '-issuer_hash']).toString();
      const rootHash = openssl(folder, ['x509', '-in', 'root.pem', '-noout', '-hash']).toString();
      const by = issuer === rootHash ? 'root' : 'issuing';
      const request = ['ocsp', '-issuer', file(`${by}.pem`), '-cert', at('subject.pem'), '-no_nonce'];
      await run('openssl', [...request, '-reqout', at('request')]);
      return ocspAnswer(by, readFileSync(at('request')), responder);
    });
  }

  function crl(
    by: 'root' | 'issuing',
    from = new Date(),
    to = new Date(from.getTime() + 7 * DAY),
  ): Uint8Array {
    const times = ['-crl_lastupdate', opensslTime(from), '-crl_nextupdate', opensslTime(to)];
    const pem = openssl(folder, ['ca', '-gencrl', '-config', 'ca.cnf', '-name', by, ...times]);
    return Uint8Array.from(openssl(folder, ['crl', '-outform', 'DER'], pem));
  }

  async function answer(
    service: AuthorityService,
    url: string,
    body: Buffer,
    fault: Fault,
  ): Promise<Uint8Array> {
    const by = url.includes('root') ? 'root' : 'issuing';
    if (service === 'ocsp') return ocspAnswer(by, body, fault.responder);
    if (service === 'ca') return der(by);
    if (service === 'crl') {
      const from = new Date(Date.now() - (fault.staleDays ?? 0) * DAY);
      return fault.staleDays ? crl(by, from, new Date(from.getTime() + DAY)) : crl(by);
    }
    const good = await timeStampResponse(body);
    if (service === 'tsa') return good;
    return within(async (at) => {
      // Granted as the good one says, its content signed by a certificate that may not stamp.
      writeFileSync(at('good'), good);
      await run('openssl', ['ts', '-reply', '-in', at('good'), '-token_out', '-out', at('token')]);
      const info = ['cms', '-verify', '-noverify', '-inform', 'DER', '-in', at('token'), '-out', at('info')];
      await run('openssl', info);
      const key = ['-signer', file(`${service}.pem`), '-inkey', file(`${service}.key.pem`)];
      const token = openssl(folder, [
        ...[
          'cms',
          '-sign',
          '-binary',
          '-nodetach',
          '-cades',
          '-md',
          'sha256',
          '-nosmimecap',
          '-econtent_type',
        ],
        ...[TST_INFO, ...key, '-certfile', 'chain.pem', '-in', at('info'), '-outform', 'DER'],
      ]);
      const content = Buffer.concat([Buffer.from('3003020100', 'hex'), token]);
      const length = Buffer.from([0x30, 0x82, content.length >> 8, content.length & 0xff]);
      return Buffer.concat([length, content]);
    });
  }

  const server = http.createServer((request, response) => {
    const service = serviceOf(request.url ?? '');
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (!service) return response.writeHead(404).end();
      void serve(service, request, response, Buffer.concat(parts));
    });
  });

  async function serve(
    service: AuthorityService,
    request: http.IncomingMessage,
    response: http.ServerResponse,
    body: Buffer,
  ): Promise<void> {
    const count = counter(service);
    count.total++;
    count.now++;
    count.most = Math.max(count.most, count.now);
    const set = faults.get(service);
    const fault = set && set.left-- > 0 ? set.fault : {};
    try {
      if (fault.delayMs) await delay(fault.delayMs, response);
      if (response.destroyed) return;
      if (fault.down) return void response.destroy();
      if (fault.status) return void response.writeHead(fault.status, { ...fault.headers }).end();
      const input = fault.request ? fault.request(body) : body;
      const output = Buffer.from(await answer(service, request.url ?? '', input, fault));
      response.writeHead(200, { 'content-type': CONTENT_TYPES[service] });
      response.end(fault.respond ? fault.respond(output) : output);
    } catch (error) {
      response.writeHead(500).end(String(error));
    } finally {
      count.now--;
    }
  }

  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    folder,
    root: der('root'),
    issuing: der('issuing'),
    rootFile: file('root.pem'),
    issuingFile: file('issuing.pem'),
    strangerRoot: der('stranger'),
    signers: Object.fromEntries(SIGNER_NAMES.map((n) => [n, signerOf(folder, n)])) as Record<
      AuthoritySignerName,
      TestSigner
    >,
    services: {
      tsa: der('tsa'),
      tsaBad: der('tsaBad'),
      tsaLoose: der('tsaLoose'),
      ocsp: der('ocsp'),
      ocspChecked: der('ocspChecked'),
      ocspRoot: der('ocspRoot'),
    },
    urls: {
      tsa: `http://${HOSTS.tsa}/tsa`,
      tsaBad: `http://${HOSTS.tsa}/tsaBad`,
      tsaLoose: `http://${HOSTS.tsa}/tsaLoose`,
      ocsp: `http://${HOSTS.ocsp}/ocsp/issuing`,
      ocspRoot: `http://${HOSTS.ocsp}/ocsp/root`,
      crl: `http://${HOSTS.crl}/crl/issuing.crl`,
      crlRoot: `http://${HOSTS.crl}/crl/root.crl`,
      caIssuing: `http://${HOSTS.ca}/ca/issuing.crt`,
      caRoot: `http://${HOSTS.ca}/ca/root.crt`,
    },
    hostMap: Object.fromEntries(Object.values(HOSTS).map((h) => [h, host])),
    origin: `http://${host}`,
    fault(service, fault) {
      if (fault) faults.set(service, { fault, left: fault.times ?? Number.POSITIVE_INFINITY });
      else faults.delete(service);
    },
    requests: (service) => counter(service).total,
    mostAtOnce: (service) => counter(service).most,
    revoke: (name, at = new Date(), reason = 'keyCompromise') => revokeIn(folder, name, at, reason),
    stamp,
    timeStampResponse,
    ocspResponse,
    crl,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Ends early where the client has gone. */
function delay(ms: number, response: http.ServerResponse): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    response.once('close', () => {
      clearTimeout(timer);
      done();
    });
  });
}

const CONTENT_TYPES: Readonly<Record<AuthorityService, string>> = {
  tsa: 'application/timestamp-reply',
  tsaBad: 'application/timestamp-reply',
  tsaLoose: 'application/timestamp-reply',
  ocsp: 'application/ocsp-response',
  crl: 'application/pkix-crl',
  ca: 'application/pkix-cert',
};

function serviceOf(url: string): AuthorityService | null {
  const name = url.split('/')[1] ?? '';
  return name in CONTENT_TYPES ? (name as AuthorityService) : null;
}

const tsaConfig = (serial: string) => `[tsa]
serial = ${serial}
crypto_device = builtin
digests = sha256, sha384, sha512
default_policy = 1.3.6.1.4.1.55555.2
signer_digest = sha256
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`;

/** TSTInfo with another genTime of the same length. */
function withTime(info: Buffer, time: Date): Buffer {
  const at = info.indexOf(Buffer.from([0x18, 0x0f]));
  if (at < 0) throw new Error('no genTime');
  return Buffer.concat([info.subarray(0, at + 2), Buffer.from(opensslTime(time)), info.subarray(at + 17)]);
}

/** Fault: the authority stamps another imprint than was asked for. */
export const wrongImprint = (query: Buffer): Buffer => flipAfter(query, '0420');
/** Fault: the authority answers another nonce (the last INTEGER before certReq). */
export function wrongNonce(query: Buffer): Buffer {
  const changed = Buffer.from(query);
  changed[changed.length - 4]! ^= 1;
  return changed;
}

function flipAfter(octets: Buffer, hex: string): Buffer {
  const changed = Buffer.from(octets);
  changed[changed.indexOf(Buffer.from(hex, 'hex')) + 5]! ^= 1;
  return changed;
}

/** SHA-256, for imprints in tests. */
export const sha256 = (data: Uint8Array): Uint8Array =>
  Uint8Array.from(createHash('sha256').update(data).digest());
