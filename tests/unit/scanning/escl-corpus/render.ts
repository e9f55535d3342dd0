import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Kind, Reply, Wire } from './device.ts';
import type { CaseAnswer, CaseStatus, Profile, Situation } from './format.ts';

export const CORPUS = path.resolve(import.meta.dirname, '../../../corpora/escl');
export const JOB = '/eSCL/ScanJobs/5a394c2e-5932-424b-9048-8fcc0f91c303';

const PICTURES = new Map(
  readdirSync(path.join(CORPUS, 'pages')).map((file) => [
    file,
    readFileSync(path.join(CORPUS, 'pages', file)),
  ]),
);
const NAMES = new Map([...PICTURES].map(([file, bytes]) => [sha256(bytes), file.replace(/\.\w+$/, '')]));

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The name of a page by the hash of its bytes; the hash itself where it is no picture of the corpus. */
export function pictureName(bytes: Uint8Array): string {
  const hash = sha256(bytes);
  return NAMES.get(hash) ?? hash;
}

function picture(name: string, kind: string): Buffer {
  const found = PICTURES.get(`${name}.${kind}`);
  if (!found) throw new Error(`no picture ${name}.${kind}`);
  return found;
}

type Dialect = Profile['exchange'];
type Script = Pick<Situation, 'capabilities' | 'post' | 'next' | 'status' | 'remove'>;

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  404: 'Not Found',
  409: 'Unknown Reason',
  503: 'Service Unavailable',
};

/** What the device answers to its n-th question of a kind; the last answer of each list stays. */
export function replies(script: Script, dialect: Dialect, capabilities: string) {
  const jpeg = { 'Content-Type': dialect.picture === 'png' ? 'image/png' : 'image/jpeg' };
  let pagesSent = 0;
  let ends = 0;

  function wire(status: number, over: Partial<Wire> = {}): Wire {
    const server = dialect.server === null ? {} : { Server: dialect.server };
    const headers = { ...server, ...over.headers };
    const body = over.body ?? Buffer.alloc(0);
    return { reason: REASONS[status] ?? 'Other', framing: 'length', ...over, status, body, headers };
  }

  function xml(body: string): Wire {
    return wire(200, {
      headers: { 'Content-Type': 'text/xml' },
      body: Buffer.from(body),
      framing: dialect.framing,
    });
  }

  function page(body: Buffer, over: Partial<Wire> = {}): Wire {
    pagesSent++;
    const where = dialect.contentLocation ? { 'Content-Location': `${JOB}/${pagesSent}` } : {};
    return wire(200, {
      body,
      framing: dialect.framing,
      ...over,
      headers: { ...jpeg, ...where, ...over.headers },
    });
  }

  function word(text: string, kind: Kind, port: number): Reply {
    const [name, value = ''] = text.split(':') as [string, string?];
    const whole = () => picture(value, dialect.picture);
    if (name === 'ok') return xml(capabilities);
    if (name === 'break' && value === '') return 'break';
    if (name === 'silent') return 'silent';
    if (name === 'page') return page(whole());
    if (name === 'empty') return page(Buffer.alloc(0));
    if (name === 'cut') return page(whole().subarray(0, -60));
    if (name === 'break') return page(whole(), { after: { bytes: whole().length >> 1, end: 'break' } });
    if (name === 'stall') return page(whole(), { after: { bytes: whole().length >> 1, end: 'stall' } });
    if (name === 'end') return wire(dialect.end[Math.min(ends++, dialect.end.length - 1)]!);
    if (name === '201') return wire(201, { headers: { Location: locationOf(dialect, port) } });
    if (name === '503' && value !== '') return wire(503, { headers: { 'Retry-After': value } });
    if (/^\d{3}$/.test(name)) return wire(Number(name));
    throw new Error(`unknown answer ${text} of ${kind}`);
  }

  function parts(answer: Exclude<CaseAnswer, string>, port: number): Reply {
    const bytes =
      answer.page === undefined ? Buffer.from(answer.text ?? '') : picture(answer.page, dialect.picture);
    const cut = bytes.subarray(0, bytes.length - (answer.missing ?? 0));
    const body = Buffer.concat([
      Buffer.from(answer.prefix ?? '', 'latin1'),
      cut,
      Buffer.alloc(answer.padding ?? 0),
    ]);
    const headers = Object.fromEntries(
      Object.entries(answer.headers ?? {}).map(([name, value]) => [
        name,
        value.replaceAll('$port', String(port)),
      ]),
    );
    return wire(answer.status, {
      body,
      headers,
      framing: answer.framing ?? 'length',
      ...(answer.reason === undefined ? {} : { reason: answer.reason }),
      ...(answer.after === undefined ? {} : { after: { bytes: answer.after, end: answer.end ?? 'break' } }),
    });
  }

  const lists: Record<Exclude<Kind, 'status'>, readonly CaseAnswer[]> = {
    caps: script.capabilities,
    post: script.post,
    next: script.next,
    delete: script.remove,
  };
  return (kind: Kind, index: number, port: number): Reply => {
    if (kind === 'status') {
      const status = script.status[Math.min(index, script.status.length - 1)]!;
      return typeof status === 'string' ? word(status, kind, port) : xml(statusXml(status, dialect));
    }
    const answer = lists[kind][Math.min(index, lists[kind].length - 1)]!;
    return typeof answer === 'string' ? word(answer, kind, port) : parts(answer, port);
  };
}

function locationOf({ location }: Dialect, port: number): string {
  switch (location) {
    case 'absolute':
      return `http://127.0.0.1:${port}${JOB}`;
    case 'relative':
      return JOB;
    case 'bare':
      return JOB.replace('/eSCL/', '');
    case 'localhost':
      return `http://localhost${JOB}`;
    case 'strange':
      // For documentation (RFC 5737): nobody is there.
      return `http://192.0.2.77:8289${JOB}/`;
  }
}

function statusXml(status: Exclude<CaseStatus, string>, dialect: Dialect): string {
  const words: Record<string, string> = {
    $idle: dialect.idleAdf,
    $empty: dialect.emptyWord,
    $cover: dialect.coverWord,
  };
  const adf = words[status.adf] ?? status.adf;
  const reasons = status.reasons
    .map((reason) => `<pwg:JobStateReason>${reason}</pwg:JobStateReason>`)
    .join('');
  const job = (uri: string, state: string) =>
    `<scan:JobInfo><pwg:JobUri>${uri}</pwg:JobUri><pwg:JobUuid>${uri.slice(-12)}</pwg:JobUuid><scan:Age>3</scan:Age>` +
    `<pwg:JobState>${state}</pwg:JobState><pwg:ImagesCompleted>${status.images}</pwg:ImagesCompleted>` +
    `<pwg:JobStateReasons>${reasons}</pwg:JobStateReasons></scan:JobInfo>`;
  const older = status.older.map((state, i) => job(`/eSCL/ScanJobs/older-${i}`, state)).join('');
  const own = status.job === null || !dialect.jobs ? '' : job(status.uri ?? JOB, status.job);
  const comment = dialect.comment
    ? '\n<!-- THIS DATA SUBJECT TO DISCLAIMER(S) INCLUDED WITH THE PRODUCT OF ORIGIN. -->\n'
    : '';
  const list = older + own;
  return (
    `<?xml version="1.0" encoding="UTF-8"?>${comment}<scan:ScannerStatus xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm" ` +
    `xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03"><pwg:Version>2.63</pwg:Version><pwg:State>${status.state}</pwg:State>` +
    `${adf === '' ? '' : `<scan:AdfState>${adf}</scan:AdfState>`}${list === '' ? '' : `<scan:Jobs>${list}</scan:Jobs>`}</scan:ScannerStatus>`
  );
}
