import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CounterError } from '../../../contract/errors.ts';
import { minuteOf, showMinute } from '../../calendar/local-time.ts';
import { openDecoder } from '../../importing/decoder-thread.ts';
import type { ImportDeps } from '../../importing/deps.ts';
import { imposeOnHalves, loadPdf, sheetsOf, unlessBroken } from '../../printing/imposing.ts';
import { drawMark } from '../../printing/marks/draw.ts';
import { freePlace, type MarkPlace } from '../../printing/marks/places.ts';
import { fill, type MarkFacts, type MarkWords, markQr, sayMark } from '../../printing/marks/words.ts';
import type { Printer } from '../../printing/port.ts';
import { planOf } from '../../printing/sheet-plan.ts';
import { A4 } from '../../printing/sheet-size.ts';
import type { EncodeBarcode } from '../../slips/barcode.ts';
import type { Store } from '../../store/index.ts';
import type { PrintJobRecord } from '../../store/print-jobs.ts';
import type { Log } from '../log.ts';
import type { Prepared } from './queue.ts';

export interface PrepareParts {
  readonly store: Pick<Store, 'vault' | 'documents' | 'dossiers'>;
  readonly words: MarkWords;
  readonly font: Uint8Array;
  readonly encodeBarcode: EncodeBarcode;
  readonly importing: ImportDeps;
  /** Name of the information system, and who it belongs to. */
  readonly system: string;
  readonly owner: string;
  readonly lookup: string;
  readonly log: Log;
}

/** Enough to see where a page is written on; a page of 500 mm takes 4 MB. */
const LOOK_DPI = 72;
const MOST_BYTES = 60_000_000;
const MM_PER_INCH = 25.4;

/**
 * Makes what goes to the printer from what is kept: the conversion mark on copies of electronic originals and on
 * reprints of slips, then the sheets that the printer has. The kept file stays as it is.
 */
export function createPrepare(parts: PrepareParts) {
  return async (
    job: PrintJobRecord,
    printer: Printer,
    folder: string,
    signal: AbortSignal,
  ): Promise<Prepared> => {
    const capabilities = await printer.capabilities(signal);
    const file = path.join(folder, `mcc-${job.id}.pdf`);
    // An earlier try may have got so far.
    await rm(file, { force: true });
    await parts.store.vault.copyTo(job.vaultHash, file);
    if ((await stat(file)).size > MOST_BYTES) throw new CounterError('FILE_TOO_LARGE', { limit: MOST_BYTES });
    const mark = markFor(job);
    if (mark) {
      const bytes = await readFile(file);
      await writeFile(file, await unlessBroken(() => marked(bytes, mark, signal)));
    }
    const pdf = await readFile(file);
    const plan = planOf(await sheetsOf(pdf), job, capabilities);
    if (!plan.halves) return { file, sheet: plan.sheet, scaling: plan.scaling };
    if (job.sides !== 'one-sided') throw new CounterError('PRINTER_REJECTED', { reason: 'imposed-sides' });
    await writeFile(file, await imposeOnHalves(pdf, job.copies));
    return { file, sheet: A4, scaling: 'none', copies: 1 };
  };

  /** Null for what was made for paper: a slip that is printed for the first time, a label, a report. */
  function markFor(job: PrintJobRecord): MarkFacts | null {
    const electronic = job.kind === 'result' || job.kind === 'component';
    if (!electronic && !(job.kind === 'slip' && job.firstCopy > 1)) return null;
    const document = job.documentId === null ? undefined : parts.store.documents.get(job.documentId);
    const dossier = job.dossierId === null ? undefined : parts.store.dossiers.get(job.dossierId);
    const { system, owner, lookup } = parts;
    return {
      ...{ name: job.name, system, owner, lookup, actor: job.actor },
      kind: electronic ? 'converted' : 'reprinted',
      code: dossier?.code || null,
      at: showMinute(minuteOf(job.createdAt)),
      firstCopy: job.firstCopy,
      copies: job.copies,
      sha256: document?.sha256 ?? '',
    };
  }

  async function marked(pdf: Uint8Array, facts: MarkFacts, signal: AbortSignal): Promise<Uint8Array> {
    const document = await loadPdf(pdf);
    const places = await placesIn(pdf, signal);
    await drawMark(
      document,
      {
        text: sayMark(parts.words, facts),
        qr: await parts.encodeBarcode('qr', markQr(facts)),
        font: parts.font,
        sheetTitle: fill(parts.words.sheetTitle, { pages: String(document.getPageCount()) }),
      },
      places,
    );
    return document.save();
  }

  /** What cannot be drawn here has no place that is known to be free. */
  async function placesIn(pdf: Uint8Array, signal: AbortSignal): Promise<(MarkPlace | null)[]> {
    try {
      const drawing = await openDecoder('pdf', pdf, parts.importing, signal);
      try {
        const places: (MarkPlace | null)[] = [];
        for (let i = 0; i < drawing.pages; i++) {
          const { data, width, height, channels } = await drawing.page(i, LOOK_DPI);
          const mm = MM_PER_INCH / LOOK_DPI;
          const size = { widthMm: width * mm, heightMm: height * mm };
          places.push(freePlace({ data: darkest(data, channels), width, height, ...size }));
        }
        return places;
      } finally {
        await drawing.close();
      }
    } catch (error) {
      signal.throwIfAborted();
      parts.log.warn({ err: error }, 'a document could not be drawn; its mark goes on a sheet of its own');
      return [];
    }
  }
}

/** One octet a pixel, its darkest colour: what is printed in any colour is in the way. */
function darkest(data: Uint8Array, channels: number): Uint8Array {
  if (channels === 1) return data;
  const out = new Uint8Array(data.length / channels);
  for (let i = 0; i < out.length; i++) {
    const at = i * channels;
    out[i] = Math.min(data[at]!, data[at + 1]!, data[at + 2]!);
  }
  return out;
}
