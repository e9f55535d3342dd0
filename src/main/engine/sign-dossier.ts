import { randomUUID } from 'node:crypto';
import { CounterError } from '../../contract/errors.ts';
import type { ComponentView } from '../../contract/model.ts';
import { signComponent } from '../dossiers/commands.ts';
import { type Dossier, livePages } from '../dossiers/dossier.ts';
import { writeScannedPdf } from '../pdf/scanned-pdf.ts';
import { appearanceFont } from '../signing/appearance-font.ts';
import type { KeySource, SigningKey } from '../signing/port.ts';
import { signPdf } from '../signing/sign-pdf.ts';
import type { Store } from '../store/index.ts';
import type { Clock } from './clock.ts';
import type { EventBus } from './events.ts';
import type { Journal } from './journal.ts';
import { oneAtATime } from './one-at-a-time.ts';
import type { Resources } from './resources.ts';

export interface SignRequest {
  readonly dossierId: string;
  readonly key: string;
  readonly pin: string;
  readonly actor: string;
}

/**
 * Turns every component whose pages are not yet under a signature into a PDF/A-2b and signs it, with one PIN for
 * all. What is signed when a later one fails stays signed; asking again goes on with the rest.
 */
export function createDossierSigner(parts: {
  readonly openKey: (uri: string) => KeySource;
  readonly store: Store;
  readonly journal: Journal;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly resources: Resources;
  readonly producer: string;
}): (request: SignRequest) => Promise<Dossier> {
  const { openKey, store, journal, bus, clock, resources, producer } = parts;
  const font = appearanceFont(resources.fonts.regular);

  async function* jpegs(pageIds: readonly string[], dpis: ReadonlyMap<string, number>) {
    for (const id of pageIds) {
      const page = store.pages.get(id);
      if (!page) throw new CounterError('PAGE_UNKNOWN', { pageId: id });
      yield { jpeg: await store.vault.read(page.imageHash), dpi: dpis.get(id)! };
    }
  }

  async function signOne(component: ComponentView, key: SigningKey, request: SignRequest): Promise<Dossier> {
    const pages = livePages(component);
    const pageIds = pages.map((p) => p.id);
    const dpis = new Map(pages.map((p) => [p.id, p.dpi]));
    return store.workspace.withFolder(async (folder) => {
      const plain = `${folder}/component.pdf`;
      const signed = `${folder}/component.signed.pdf`;
      const title = component.spec.name;
      const written = await writeScannedPdf({
        path: plain,
        pages: jpegs(pageIds, dpis),
        title,
        createdAt: clock.now(),
        producer,
        icc: resources.icc,
      });
      const result = await signPdf({
        input: plain,
        output: signed,
        key,
        appearance: { kind: 'digitised-component' },
        font,
        at: clock.now(),
      });
      const object = await store.vault.putFile(signed);
      const documentId = randomUUID();
      const signature = {
        documentId,
        sha256: result.sha256,
        bytes: result.bytes,
        pages: written.pages,
        signer: result.signer,
        signedAt: result.signedAt.toISOString(),
      };
      return journal.change(
        request.dossierId,
        request.actor,
        (d, stamp) => signComponent(d, { componentId: component.spec.id, signature, pageIds }, stamp),
        {
          objects: [object],
          document: {
            id: documentId,
            kind: 'component',
            componentId: component.spec.id,
            vaultHash: object.hash,
            name: documentName(component.spec.id),
            sha256: result.sha256,
            bytes: result.bytes,
          },
        },
      );
    });
  }

  /** Components with pages that no signature covers, in their order. */
  function unsigned(dossier: Dossier): readonly ComponentView[] {
    if (dossier.state !== 'draft')
      throw new CounterError('DOSSIER_STATE', { state: dossier.state, needed: 'draft' });
    return dossier.components.filter((c) => livePages(c).length > 0 && !c.signature);
  }

  /** One PIN, one session at the token at a time; whoever asks twice finds the work done. */
  return oneAtATime(async (request: SignRequest) => {
    const { dossierId } = request;
    const total = unsigned(journal.load(dossierId)).length;
    if (total === 0) return journal.load(dossierId);
    const key = await openKey(request.key).open(request.pin);
    try {
      for (let done = 0; ; done += 1) {
        bus.publish('sign.progress', { dossierId, done, total: Math.max(total, done) });
        // Looked up anew: the clerk may have gone on with the pages while the last one was signed.
        const [next] = unsigned(journal.load(dossierId));
        if (!next) return journal.load(dossierId);
        await signOne(next, key, request);
      }
    } finally {
      await key.close();
    }
  });
}

/** A name that every file system and the province take; the paper's own name travels in the record. */
function documentName(componentId: string): string {
  return `${componentId.replaceAll(/[^A-Za-z0-9._-]/g, '-')}.pdf`;
}
