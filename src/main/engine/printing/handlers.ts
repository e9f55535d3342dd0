import { CounterError } from '../../../contract/errors.ts';
import type { PRINTING_OPERATIONS } from '../../../contract/operations/printing.ts';
import type { PrintKind } from '../../../contract/printing.ts';
import { dayFromIso, instantOf } from '../../calendar/local-time.ts';
import { whereIsAttachment } from '../../dossiers/dossier.ts';
import { importDeps } from '../../importing/deps.ts';
import type { DocumentRecord } from '../../store/documents.ts';
import type { FieldParts, HandlersOf } from '../field-parts.ts';
import { SYSTEM } from '../slips/forms.ts';
import { openMarkWords } from './mark-words.ts';
import { createPrepare } from './prepare.ts';
import { createPrintQueue, viewOf } from './queue.ts';

const MINUTES_A_DAY = 24 * 60;

export function createPrintingHandlers(parts: FieldParts): HandlersOf<typeof PRINTING_OPERATIONS> {
  const { config, store, verification, closing, log } = parts;
  const words = openMarkWords(parts.resources);
  const importing = importDeps(parts.workers?.importing ? { workerPath: parts.workers.importing } : {});
  const queue = createPrintQueue({
    ...{ store, clock: parts.clock, log, closing, openPrinter: parts.openPrinter },
    tell: (job) => parts.bus.publish('print.changed', job),
    prepare: async (...job) =>
      createPrepare({
        ...{ store, importing, log, encodeBarcode: parts.encodeBarcode, system: SYSTEM },
        words: await words(),
        font: parts.resources.fonts.regular,
        owner: config.unit.name,
        lookup: config.printing.lookup,
      })(...job),
  });
  queue.resume();

  function printerFor(kind: PrintKind, wanted: string): string {
    const uri = wanted || config.printing.defaults[kind] || config.printers[0];
    if (uri === undefined) throw new CounterError('PRINTER_DEFAULT_MISSING', { kind });
    // An address that is not configured is refused now, not when its turn comes.
    parts.openPrinter(uri);
    return uri;
  }

  /** What a clerk calls it: a file that came keeps its name, a result and a component are called as on the papers. */
  function nameOf({ id, dossierId, componentId, name }: DocumentRecord): string {
    const dossier = parts.journal.find(dossierId);
    if (!dossier) return name;
    const attached = whereIsAttachment(dossier, id)?.attachment.name;
    const result = dossier.results.find(({ documentId }) => documentId === id)?.name;
    const component = dossier.components.find(({ spec }) => spec.id === componentId)?.spec.name;
    return attached || result || component || name;
  }

  return {
    'prints.start': async ({ documentId, accept, printer, ...wish }, { user }) => {
      const document = store.documents.get(documentId);
      if (!document) throw new CounterError('VAULT_OBJECT_MISSING', { documentId });
      const uri = printerFor(document.kind, printer);
      await verification.mayPrint({ documentId, accept, actor: user }, closing);
      const { dossierId, vaultHash, kind } = document;
      const name = nameOf(document);
      const order = { documentId, dossierId, vaultHash, kind, name, printer: uri, actor: user };
      return viewOf(queue.start({ ...order, ...wish }));
    },
    'prints.list': ({ day }) => {
      const open = store.printJobs.open();
      if (day === null) return open.map(viewOf);
      const from = dayFromIso(day);
      const at = (n: number) => instantOf(n * MINUTES_A_DAY);
      const began = store.printJobs.between(at(from), at(from + 1));
      const earlier = open.filter((job) => !began.some(({ id }) => id === job.id));
      return [...earlier, ...began].map(viewOf);
    },
    'prints.get': ({ printId }) => {
      const job = store.printJobs.get(printId);
      if (!job) throw new CounterError('PRINT_UNKNOWN');
      return viewOf(job);
    },
    'prints.history': ({ documentId }) => store.printJobs.of(documentId).map(viewOf),
    'prints.cancel': ({ printId }) => viewOf(queue.cancel(printId)),
    'prints.settle': ({ printId, answer }, { user }) => viewOf(queue.settle(printId, answer, user)),
    'printers.capabilities': ({ printer }) => parts.openPrinter(printer).capabilities(closing),
  };
}
