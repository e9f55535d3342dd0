import path from 'node:path';
import { createEvidenceSource } from '../main/signing/evidence/collect.ts';
import { readHostMap } from '../main/signing/evidence/hosts.ts';
import type { HostMap } from '../main/signing/evidence/http.ts';
import type { EvidenceSource } from '../main/signing/evidence/port.ts';
import { certificatesFromFiles } from '../main/signing/evidence/trust.ts';
import { readTrustList, type TrustPurpose, trustedFor } from '../main/signing/evidence/trust-list.ts';
import type { Arguments } from './command.ts';

/** Options of every command that needs to know whom to trust. */
export const TRUST_OPTIONS = {
  trust: { type: 'string', multiple: true },
  'tsa-trust': { type: 'string', multiple: true },
  'trust-list': { type: 'string' },
  hosts: { type: 'string' },
} as const;
export const TRUST_USAGE = '--trust CA.pem [--tsa-trust PEM] [--trust-list FILE] [--hosts FILE]';

export interface Trust {
  /** DER of what signers' paths may end at. */
  readonly trust: readonly Uint8Array[];
  /** The same for time stamp authorities; the signers' where none is named. */
  readonly timestampTrust: readonly Uint8Array[];
  /** DER of authorities that complete paths and are trusted for nothing. */
  readonly authorities: readonly Uint8Array[];
  readonly hostMap: HostMap;
}

/** Hosts that have moved since certificates were issued. */
const HOSTS = path.join(import.meta.dirname, '../../resources/certificate-hosts.json');

/** Throws FILE_MISSING, CONFIG_INVALID, TRUST_LIST_INVALID. */
export async function trustFrom(args: Arguments): Promise<Trust> {
  const file = args.text('trust-list');
  const list = file === undefined ? null : await readTrustList(file);
  const listed = (purpose: TrustPurpose) => (list ? trustedFor(list, purpose) : []);
  const trust = [...(await certificatesFromFiles(args.list('trust'))), ...listed('signer')];
  const stamping = [...(await certificatesFromFiles(args.list('tsa-trust'))), ...listed('timestamp')];
  return {
    trust,
    timestampTrust: stamping.length > 0 ? stamping : trust,
    authorities: listed('path'),
    hostMap: await readHostMap(args.text('hosts') ?? HOSTS),
  };
}

/** Asks about revocation and missing issuers where certificates say. */
export function evidenceFor({ trust, timestampTrust, authorities, hostMap }: Trust): EvidenceSource {
  return createEvidenceSource({ trust: [...trust, ...timestampTrust], authorities, hostMap });
}
