import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { CounterError } from '../../../contract/errors.ts';
import type { IssuedPaper } from '../../../contract/life-cycle.ts';
import { type Dossier, toView } from '../../dossiers/dossier.ts';
import { appearanceFont } from '../../signing/appearance/font.ts';
import type { SignerSource } from '../../signing/signers.ts';
import { SIGNATURE_FIELD } from '../../slips/dossier-paper.ts';
import type { Slip } from '../../slips/slip.ts';
import type { FieldParts } from '../field-parts.ts';

export interface ElectronicPapers {
  /**
   * Signs the electronic edition of a paper that was issued: the same words under the same number, one copy, with the
   * signature in the place of the hand signature. A paper that has one is answered as it is. Throws BAD_REQUEST {paper}
   * for a paper that nobody signs digitally, and what the key throws.
   */
  sign(
    request: {
      readonly dossierId: string;
      readonly documentId: string;
      readonly key: string;
      readonly pin: string;
    },
    actor: string,
  ): Promise<Dossier>;
}

/** Kinds whose forms ask for a digital signature where they are electronic (facts §11.1). */
type Signed = Extract<Slip, { kind: 'reception' | 'supplement-request' | 'refusal' | 'extension' | 'stop' }>;

export function createElectronicPapers(
  parts: Pick<FieldParts, 'store' | 'journal' | 'clock' | 'slips' | 'resources'> & {
    /** Opens a key that is listed here. */
    readonly openSigner: (uri: string) => SignerSource;
  },
): ElectronicPapers {
  const { store, journal, clock, slips } = parts;
  const font = appearanceFont(parts.resources.fonts.regular);

  /** The dossier as it was when the paper was issued: up to the last event of that transaction. */
  function whenIssued(dossierId: string, paper: IssuedPaper): Dossier {
    const events = store.events.of(dossierId);
    const first = events.findIndex((e) => {
      const { event } = e.payload as { event: { documentId?: string; slipDocumentId?: string } };
      return event.documentId === paper.documentId || event.slipDocumentId === paper.documentId;
    });
    const { at, actor } = events[first]!;
    let last = first;
    while (events[last + 1]?.at === at && events[last + 1]?.actor === actor) last += 1;
    return journal.at(dossierId, last + 1);
  }

  return {
    async sign({ dossierId, documentId, key, pin }, actor) {
      const now = journal.load(dossierId);
      const paper = now.papers.find((p) => p.documentId === documentId);
      if (!paper) throw new CounterError('VAULT_OBJECT_MISSING', { documentId });
      if (paper.electronic) return now;
      const slip = slipOf(whenIssued(dossierId, paper), paper);
      const pdf = await slips.draw(slip, paper.number, {
        clerkName: paper.by,
        issuedAt: paper.at,
        electronic: true,
      });
      const signer = await parts.openSigner(key).open(pin);
      try {
        return await store.workspace.withFolder(async (folder) => {
          const [input, output] = [`${folder}/paper.pdf`, `${folder}/signed.pdf`];
          await writeFile(input, pdf);
          const result = await signer.sign({
            ...{ input, output, font, at: clock.now() },
            field: SIGNATURE_FIELD,
            appearance: { kind: 'counter-form' },
          });
          const object = await store.vault.putFile(output);
          const id = randomUUID();
          const { name } = store.documents.get(documentId)!;
          return journal.change(
            dossierId,
            actor,
            (d, stamp) => {
              if (d.papers.find((p) => p.documentId === documentId)?.electronic) return [];
              const signed = { signer: result.signer, signedAt: result.signedAt.toISOString() };
              return [{ type: 'paper-signed', ...stamp, paperId: documentId, documentId: id, ...signed }];
            },
            {
              objects: [object],
              document: {
                ...{ id, kind: 'slip', componentId: null, vaultHash: object.hash },
                name: name.replace(/\.pdf$/, '-signed.pdf'),
                sha256: result.sha256,
                bytes: result.bytes,
              },
            },
          );
        });
      } finally {
        await signer.close();
      }
    },
  };
}

function slipOf(issued: Dossier, { kind }: IssuedPaper): Signed {
  const dossier = toView(issued);
  const { supplements, ended, extension } = dossier;
  const supplement = supplements.at(-1);
  if (kind === 'reception') return { kind, dossier };
  if (kind === 'supplement-request' && supplement) return { kind, dossier, supplement };
  if ((kind === 'refusal' || kind === 'stop') && ended) return { kind, dossier, ending: ended };
  if (kind === 'extension' && extension) return { kind, dossier, extension };
  throw new CounterError('BAD_REQUEST', { paper: kind });
}
