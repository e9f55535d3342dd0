import { Asn1Error, type Asn1Node, isContext } from '../cms/asn1.ts';
import { readSignedData, valuesOf } from '../cms/signed-data.ts';
import type { EvidenceItems } from '../evidence/port.ts';

/** adbe-revocationInfoArchival, a signed attribute (ISO 32000-1 §12.8.3.3.2). */
const ARCHIVAL = '1.2.840.113583.1.1.8';
const MAX_ITEMS = 64;

/** Revocation data that Acrobat and its likes put under the signature: OCSP answers and CRLs, none of it judged. */
export function archivedRevocation(cms: Uint8Array): Pick<EvidenceItems, 'ocsps' | 'crls'> {
  try {
    const { signedAttributes } = readSignedData(cms);
    const values = signedAttributes ? valuesOf(signedAttributes, ARCHIVAL) : [];
    // RevocationInfoArchival ::= SEQUENCE { crl [0], ocsp [1], otherRevInfo [2] }, EXPLICIT lists.
    return { crls: listed(values, 0), ocsps: listed(values, 1) };
  } catch (error) {
    if (error instanceof Asn1Error) return { crls: [], ocsps: [] };
    throw error;
  }
}

function listed(values: readonly Asn1Node[], tag: number): Uint8Array[] {
  return values
    .flatMap((value) => value.children.find((n) => isContext(n, tag))?.children[0]?.children ?? [])
    .slice(0, MAX_ITEMS)
    .map((n) => n.raw);
}
