import path from 'node:path';
import { folderCache } from '../signing/evidence/cache.ts';
import { createEvidenceSource } from '../signing/evidence/collect.ts';
import { readHostMap } from '../signing/evidence/hosts.ts';
import { createTimeStamper } from '../signing/evidence/time-stamper.ts';
import { certificatesFromFiles } from '../signing/evidence/trust.ts';
import { readTrustList, trustedFor } from '../signing/evidence/trust-list.ts';
import type { KeyUse } from '../signing/port.ts';
import type { Clock } from './clock.ts';
import type { CounterConfig } from './config.ts';
import type { Log } from './log.ts';
import type { RaisingPolicy } from './raise-signatures.ts';
import type { Resources } from './resources.ts';
import type { VerificationPolicy } from './verification.ts';

/** How this unit signs, what its signatures are to reach, and whom it trusts: the admin's file and the shipped lists. */
export interface SigningPolicy {
  readonly use: KeyUse;
  /** Null where signatures are sent as they were made. */
  readonly raising: RaisingPolicy | null;
  readonly verification: VerificationPolicy;
}

/**
 * Throws FILE_MISSING, CONFIG_INVALID and TRUST_LIST_INVALID: a counter that does not know whom to trust does not start,
 * rather than find every signature bad.
 */
export async function createSigningPolicy(parts: {
  readonly config: CounterConfig;
  readonly resources: Resources;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Log;
}): Promise<SigningPolicy> {
  const { resources, clock, log } = parts;
  const { signing } = parts.config;
  const [own, list, hostMap] = await Promise.all([
    certificatesFromFiles(signing.trust),
    readTrustList(signing.trustList || path.join(resources.root, 'trust-list.json')),
    readHostMap(signing.hosts || path.join(resources.root, 'certificate-hosts.json')),
  ]);
  const trust = [...own, ...trustedFor(list, 'signer')];
  const timestampTrust = [...own, ...trustedFor(list, 'timestamp')];
  const authorities = trustedFor(list, 'path');
  const evidence = createEvidenceSource({
    // Authorities of time stamps are proven as signers are.
    trust: [...trust, ...timestampTrust],
    authorities,
    hostMap,
    cache: folderCache(path.join(parts.dataDir, 'evidence')),
    now: () => clock.now(),
    warn: (err) => log.info({ err }, 'evidence could not be kept'),
  });
  const timeStamper = createTimeStamper({ urls: signing.timeStampUrls, hostMap });
  return {
    use: { rsa: signing.rsa, ...(signing.hash && { hash: signing.hash }) },
    raising: signing.level === 'B-B' ? null : { level: signing.level, timeStamper, evidence },
    verification: { trust, timestampTrust, authorities, ...(signing.online && { evidence }) },
  };
}
