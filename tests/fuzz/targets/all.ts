import { seedPki } from '../seeds/certificates.ts';
import { certificateTarget, cmsTarget, pkcs12Target } from './asn1.ts';
import { crlTarget, ocspTarget, tspTarget } from './evidence.ts';
import { readerTarget, verifyTarget } from './pdf.ts';
import { plantedTarget } from './planted.ts';
import type { Target } from './target.ts';

/** Share of the executions in a thousand: the quick ones get more, so that all are busy for about as long. */
export const SHARES = {
  reader: 140,
  verify: 20,
  changes: 10,
  cms: 100,
  tsp: 80,
  ocsp: 100,
  crl: 150,
  certificate: 200,
  pkcs12: 200,
} as const;
export type TargetName = keyof typeof SHARES;
export const TARGET_NAMES = Object.keys(SHARES) as readonly TargetName[];

export function makeTarget(name: string): Target {
  const pki = seedPki();
  switch (name as TargetName | 'planted') {
    case 'reader':
      return readerTarget(pki);
    case 'verify':
    case 'changes':
      return verifyTarget(pki, name as 'verify' | 'changes');
    case 'cms':
      return cmsTarget(pki);
    case 'tsp':
      return tspTarget(pki);
    case 'ocsp':
      return ocspTarget(pki);
    case 'crl':
      return crlTarget(pki);
    case 'certificate':
      return certificateTarget(pki);
    case 'pkcs12':
      return pkcs12Target(pki);
    case 'planted':
      return plantedTarget();
  }
}
