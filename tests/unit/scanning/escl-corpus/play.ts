import type https from 'node:https';
import type { ScanSettings } from '../../../../src/contract/model.ts';
import { openScanner, type RawPage } from '../../../../src/main/scanning/index.ts';
import { FAST, testDeps } from '../scripted-device.ts';
import { type Asked, corpusDevice } from './device.ts';
import type { CaseSettings, Exchange, Profile, Situation } from './format.ts';
import { traitsOf } from './load.ts';
import { pictureName, replies } from './render.ts';

export interface Played {
  /** Names of the pictures; `=N` marks a repetition. */
  readonly pages: string[];
  readonly error: { readonly code: string; readonly details: unknown } | undefined;
  readonly asked: readonly Asked[];
  readonly notes: readonly string[];
  readonly port: number;
}

type Act = Situation | Exchange;

/** Few tries and short pauses, but time enough for a machine that does other work beside. */
const PATIENT = { ...FAST, connectMs: 20_000, statusMs: 20_000, firstByteMs: 20_000, idleMs: 20_000 };

/** Plays one case: the real client against the device that the case describes. */
export async function play(
  act: Act,
  dialect: Profile['exchange'],
  capabilities: string,
  settings: ScanSettings,
  tls: https.ServerOptions | undefined,
): Promise<Played> {
  const device = await corpusDevice(replies(act, dialect, capabilities), tls);
  const notes: string[] = [];
  const stop = new AbortController();
  const deps = testDeps({
    limits: { ...PATIENT, ...act.limits },
    note: (what, detail) => notes.push(typeof detail === 'string' ? `${what}: ${detail}` : what),
  });
  const scheme = tls ? 'escls:https' : 'escl:http';
  const scanner = openScanner(`${scheme}://127.0.0.1:${device.port}/eSCL`, deps);
  const pages: RawPage[] = [];
  try {
    for await (const page of scanner.scan(settings, stop.signal)) {
      pages.push(page);
      if (pages.length === act.stopAfter) stop.abort();
      if (pages.length === act.shutAfter) await device.shut();
    }
    return { pages: pages.map(shown), error: undefined, asked: device.asked, notes, port: device.port };
  } catch (error) {
    const { code, details } = error as { code?: string; details?: unknown };
    if (code === undefined) throw error;
    return {
      pages: pages.map(shown),
      error: { code, details },
      asked: device.asked,
      notes,
      port: device.port,
    };
  } finally {
    await device.shut();
  }
}

function shown(page: RawPage): string {
  return `${pictureName(page.bytes)}${page.repeats === undefined ? '' : `=${page.repeats}`}`;
}

export function settingsFor(wanted: CaseSettings, sources: readonly string[]): ScanSettings {
  const feeder = sources.includes('adf') ? 'adf' : 'adf-duplex';
  return { ...wanted, source: wanted.source === 'feeder' ? feeder : wanted.source };
}

/**
 * A family that is asked for its status before a job or before the first page answers those questions first; a
 * situation of such a family alone says itself what they are.
 */
export function withFamilyStatus(each: Situation, profile: Profile, settings: ScanSettings): Situation {
  const traits = traitsOf(profile);
  if (each.needs.some((need) => need.endsWith('-first'))) return each;
  const plain = { state: 'Idle', adf: 'ScannerAdfLoaded', reasons: [], images: 0, older: [] };
  const before = traits.has('feeder-first') && settings.source !== 'platen' ? [{ ...plain, job: null }] : [];
  const made = each.post.includes('201') && each.post.length === 1;
  const after = traits.has('status-first') && made ? [{ ...plain, job: 'Pending' }] : [];
  return { ...each, status: [...before, ...after, ...each.status] };
}

/** The requests that a situation names, with the marks of a family ($before, $after, $end) put in their place. */
export function requestsFor(named: readonly string[], profile: Profile, settings: ScanSettings): string[] {
  const traits = traitsOf(profile);
  const feeder = settings.source !== 'platen';
  const marks: Record<string, string[]> = {
    $before: feeder && traits.has('feeder-first') ? ['status'] : [],
    $after: traits.has('status-first') ? ['status'] : [],
    $end: traits.has('retry-404') ? ['next', 'status', 'status'] : ['next', 'status'],
  };
  return named.flatMap((each) => marks[each] ?? [each]);
}

/** The text of the first element of that local name; null where there is none. */
export function elementOf(body: string, name: string): string | null {
  return new RegExp(`<(?:\\w+:)?${name}>([^<]*)<`).exec(body)?.[1] ?? null;
}
