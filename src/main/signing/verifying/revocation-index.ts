import type { CertificateFacts } from '../cms/certificates.ts';
import { tryReadCrl } from '../evidence/crl.ts';
import { tryReadOcspResponse } from '../evidence/ocsp.ts';
import type { RevocationItems } from '../evidence/revocation.ts';
import type { StoredItem } from './store.ts';

/** Answers about revocation, found by whom they speak of, so that each is read once and not for each signature. */
export interface RevocationIndex {
  add(kind: 'ocsps' | 'crls', items: readonly StoredItem[]): void;
  about(subject: CertificateFacts, within?: number): RevocationItems;
  /** Where an answer stands in the file; Infinity for one that was fetched. */
  endOf(der: Uint8Array): number;
}

export function revocationIndex(responders: readonly CertificateFacts[]): RevocationIndex {
  const ocsps = new Map<string, StoredItem[]>();
  const crls = new Map<string, StoredItem[]>();
  const ends = new Map<Uint8Array, number>();

  function put(index: Map<string, StoredItem[]>, key: string, item: StoredItem): void {
    index.set(key, [...(index.get(key) ?? []), item]);
  }

  return {
    add(kind, items) {
      for (const item of items) {
        ends.set(item.der, item.end);
        if (kind === 'crls') {
          const crl = tryReadCrl(item.der);
          if (crl) put(crls, crl.issuerKey, item);
        } else {
          const singles = tryReadOcspResponse(item.der)?.basic?.singles ?? [];
          for (const serial of new Set(singles.map((s) => hexOf(s.serial)))) put(ocsps, serial, item);
        }
      }
    },
    about(subject, within = Number.POSITIVE_INFINITY) {
      const fitting = (items: readonly StoredItem[] | undefined) =>
        (items ?? []).filter((item) => item.end <= within).map((item) => item.der);
      return {
        ocsps: fitting(ocsps.get(hexOf(subject.serial))),
        crls: fitting(crls.get(subject.issuerKey)),
        responders,
      };
    },
    endOf: (der) => ends.get(der) ?? Number.POSITIVE_INFINITY,
  };
}

function hexOf(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}
