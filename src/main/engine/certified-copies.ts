import wording from '../../../resources/texts/certified-copy.json' with { type: 'json' };
import { CounterError } from '../../contract/errors.ts';
import type { CertificationEntry } from '../../contract/model.ts';
import { attestationOf, bookYear, certificationFee, parseCertification } from '../dossiers/certified-copy.ts';
import { type ScannedPage, writeScannedPdf } from '../pdf/scanned-pdf.ts';
import { type AttestationPlaces, addAttestationPage } from '../signing/appearance/attestation-page.ts';
import { appearanceFont } from '../signing/appearance/font.ts';
import type { AppearanceImage } from '../signing/appearance/image.ts';
import type { ExplicitPlace, OverHandSignature } from '../signing/appearance/layout.ts';
import type { KeySource } from '../signing/port.ts';
import { signPdf } from '../signing/writing/sign-pdf.ts';
import type { CertificationRecord } from '../store/certification-book.ts';
import type { Store } from '../store/index.ts';
import type { Clock } from './clock.ts';
import { oneAtATime } from './one-at-a-time.ts';
import type { Resources } from './resources.ts';

/** A key of the act's own; the clerk's key for digitising has no part in it. */
export interface CertificationSigner {
  readonly key: string;
  readonly pin: string;
  /** Hand signature or seal; name and time are shown where there is none. */
  readonly image?: AppearanceImage;
}

export interface CertificationRequest {
  /** `certificationFacts` of the field: who asked, for what, who answers for it. Checked here. */
  readonly facts: unknown;
  /** What the officer scanned from the original, in order. */
  readonly pages: AsyncIterable<ScannedPage>;
  readonly officer: CertificationSigner;
  readonly authority: CertificationSigner;
}

export interface CertifiedCopies {
  /**
   * Makes one certified electronic copy: the scanned pages, the lời chứng with the book's next number as the last page,
   * the officer's signature, then the authority's, the vault; and only then, in one transaction, the number, the book's
   * line and the document. A kill at any moment leaves neither a number without a document nor a document without a
   * number. The same `facts.id` again gives the line that it made.
   *
   * Throws BAD_REQUEST, CONFIDENTIAL_PAPER, CERTIFICATION_ONE_SIGNER where officer and authority would sign with one
   * certificate, STORE_CONFLICT, and what writing, signing, keys and vault throw; nothing is recorded then.
   */
  make(request: CertificationRequest): Promise<CertificationEntry>;
  /** The lines of a year's book, by their numbers. */
  list(year: number): readonly CertificationEntry[];
  /** The signed document of a line, whole. Throws BAD_REQUEST {problem: 'id'}, VAULT_OBJECT_MISSING, VAULT_OBJECT_CORRUPT. */
  document(id: string): Promise<Uint8Array>;
}

export interface CertifiedCopiesParts {
  readonly store: Pick<Store, 'vault' | 'workspace' | 'objects' | 'certificationBook' | 'transaction'>;
  readonly openKey: (uri: string) => KeySource;
  readonly clock: Clock;
  readonly resources: Pick<Resources, 'icc' | 'fonts'>;
  readonly producer: string;
  /**
   * The unit's book in use. It is kept by one counter of a unit: numbers run through the year without a gap, which
   * two stores that do not know each other cannot give. `sign` is SCT/BS unless the unit keeps an electronic book.
   */
  readonly book: { readonly volume: string; readonly sign?: string | undefined };
}

export function createCertifiedCopies(parts: CertifiedCopiesParts): CertifiedCopies {
  const { store, openKey, clock, resources, producer } = parts;
  const { volume, sign: bookSign = wording.bookSign } = parts.book;
  const fonts = {
    regular: appearanceFont(resources.fonts.regular),
    bold: appearanceFont(resources.fonts.bold),
  };

  async function sign(
    file: string,
    who: 'officer' | 'authority',
    name: string,
    signer: CertificationSigner,
    place: ExplicitPlace | OverHandSignature,
    not: Uint8Array | null,
  ): Promise<{ readonly certificate: Uint8Array; readonly sha256: string }> {
    const key = await openKey(signer.key).open(signer.pin);
    try {
      const certificate = key.certificates[0] ?? new Uint8Array();
      if (not && Buffer.compare(certificate, not) === 0) {
        throw new CounterError('CERTIFICATION_ONE_SIGNER');
      }
      const { sha256 } = await signPdf({
        input: file,
        output: file,
        key,
        appearance: {
          kind: 'certified-copy',
          signer: who,
          name,
          place,
          ...(signer.image && { image: signer.image }),
        },
        font: fonts.regular,
        at: clock.now(),
      });
      return { certificate, sha256 };
    } finally {
      await key.close();
    }
  }

  /** Answers the SHA-256 of the whole. */
  async function signBoth(
    file: string,
    names: { readonly officer: string; readonly authority: string },
    request: CertificationRequest,
    places: AttestationPlaces,
  ): Promise<string> {
    const { officer, authority } = request;
    const first = { page: 'last', centreMm: places.officerMm } as const;
    const { certificate } = await sign(file, 'officer', names.officer, officer, first, null);
    // A seal goes over the officer's signature, as on paper; what shows no seal stands beside it.
    const second: ExplicitPlace | OverHandSignature = authority.image
      ? {}
      : { page: 'last', centreMm: places.authorityMm };
    return (await sign(file, 'authority', names.authority, authority, second, certificate)).sha256;
  }

  const make = oneAtATime(async (request: CertificationRequest): Promise<CertificationEntry> => {
    const facts = parseCertification(request.facts);
    const known = store.certificationBook.get(facts.id);
    if (known) return entryOf(known);
    return store.workspace.withFolder(async (folder) => {
      const file = `${folder}/certified-copy.pdf`;
      const at = clock.now();
      const written = await writeScannedPdf({
        path: file,
        pages: request.pages,
        title: facts.document,
        createdAt: at,
        producer,
        icc: resources.icc,
      });
      const year = bookYear(at);
      const { copies, officer, authority } = facts;
      const entry: CertificationEntry = {
        id: facts.id,
        year,
        // Nobody's yet: acts are made one after the other, and the line is refused where that failed to hold.
        number: store.certificationBook.next(bookSign, year),
        bookSign,
        volume,
        at: at.toISOString(),
        requester: facts.requester,
        document: facts.document,
        pages: written.pages,
        copies,
        officer: officer.name,
        officerTitle: officer.title.join('\n'),
        authority: authority.name,
        fee: certificationFee(written.pages, copies, wording.fee),
      };
      const places = await addAttestationPage(file, attestationOf(entry, officer, wording), fonts);
      const names = { officer: officer.name, authority: authority.name };
      const sha256 = await signBoth(file, names, request, places);
      const object = await store.vault.putFile(file);
      store.transaction(() => {
        store.objects.add(object, entry.at);
        store.certificationBook.append({ ...entry, vaultHash: object.hash, sha256, bytes: object.bytes });
      });
      return entry;
    });
  });

  return {
    make,
    list: (year) => store.certificationBook.list(bookSign, year).map(entryOf),
    async document(id) {
      const record = store.certificationBook.get(id);
      if (!record) throw new CounterError('BAD_REQUEST', { problem: 'id' });
      return store.vault.read(record.vaultHash);
    },
  };
}

function entryOf({ vaultHash, sha256, bytes, ...entry }: CertificationRecord): CertificationEntry {
  return entry;
}
