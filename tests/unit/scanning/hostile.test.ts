import { describe, expect, it } from 'vitest';
import { CounterError } from '../../../src/contract/errors.ts';
import { parseCapabilities } from '../../../src/main/scanning/escl/capabilities.ts';
import { findJob, jobPath, parseStatus } from '../../../src/main/scanning/escl/status.ts';
import { requireWhole } from '../../../src/main/scanning/pages/whole.ts';
import { parseOptions, readCaps } from '../../../src/main/scanning/sane/options.ts';
import { image, pnm } from './images.ts';
import { capabilitiesXml, statusXml } from './scripted-device.ts';

/** A small generator with a seed (mulberry32), so that a failure can be repeated. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function damaged(bytes: Uint8Array, next: () => number): Buffer {
  const copy = Buffer.from(bytes);
  const changes = 1 + Math.floor(next() * 12);
  for (let i = 0; i < changes; i++) copy[Math.floor(next() * copy.length)] = Math.floor(next() * 256);
  return next() < 0.3 ? copy.subarray(0, Math.floor(next() * copy.length)) : copy;
}

/** Names of everything that was thrown and is no named failure. */
function unnamed(seed: number, runs: number, sample: Uint8Array, read: (bytes: Buffer) => unknown): string[] {
  const next = random(seed);
  const found: string[] = [];
  for (let i = 0; i < runs; i++) {
    try {
      read(damaged(sample, next));
    } catch (error) {
      if (!(error instanceof CounterError)) found.push(`run ${i}: ${String(error)}`);
    }
  }
  return found;
}

describe('what a device sends, damaged at random, is read or refused by name', () => {
  it('capabilities', () => {
    expect(unnamed(1, 1500, Buffer.from(capabilitiesXml({ duplex: true })), parseCapabilities)).toEqual([]);
  });

  it('status', () => {
    const read = (bytes: Buffer) => findJob(parseStatus(bytes), '/eSCL/ScanJobs/1');
    expect(unnamed(2, 1500, Buffer.from(statusXml({ reasons: ['a', 'b'] })), read)).toEqual([]);
  });

  it('job addresses', () => {
    const sample = Buffer.from('http://198.51.100.7:80/eSCL/ScanJobs/04c3ccf5');
    const hosts: string[] = [];
    const read = (bytes: Buffer) => {
      const path = jobPath(bytes.toString('latin1'), '/eSCL/ScanJobs');
      const url = new URL('http://127.0.0.1/');
      url.pathname = `${path}/NextDocument`;
      if (url.host !== '127.0.0.1') hosts.push(url.href);
    };
    expect({ thrown: unnamed(3, 2000, sample, read), hosts }).toEqual({ thrown: [], hosts: [] });
  });

  it('options of scanimage', () => {
    const sample = Buffer.from(
      '    --source Flatbed|ADF [Flatbed]\n    --resolution 1..1200dpi (in steps of 1) [50]\n',
    );
    expect(unnamed(4, 1500, sample, (bytes) => readCaps(parseOptions(bytes.toString('latin1'))))).toEqual([]);
  });

  it.each(['jpeg', 'png', 'tiff', 'pnm'] as const)('%s pages', async (format) => {
    const sample = format === 'pnm' ? pnm(6, 40, 40) : await image(format, 40, 40);
    expect(unnamed(5, 3000, sample, (bytes) => requireWhole(bytes, 0))).toEqual([]);
  });
});
