import path from 'node:path';
import type { Indication, UsbPresence } from '../../contract/model.ts';
import type { Dossier } from '../dossiers/dossier.ts';
import { createImaging } from '../imaging/index.ts';
import { importDeps } from '../importing/deps.ts';
import { openInbox } from '../importing/inbox.ts';
import { createUploads } from '../importing/uploads.ts';
import { createReader } from '../reading/index.ts';
import { watchSerialReader } from '../reading/serial/index.ts';
import type { EncodeBarcode } from '../slips/barcode.ts';
import type { Store } from '../store/index.ts';
import type { UsbService } from '../usb/client.ts';
import type { UsbPresence as Presence } from '../usb/port.ts';
import { createCards } from './cards.ts';
import type { Clock } from './clock.ts';
import type { CounterConfig } from './config.ts';
import { createCopies } from './copies.ts';
import type { Printers, Scanners } from './devices.ts';
import type { EventBus } from './events.ts';
import { createImports } from './imports.ts';
import type { Journal } from './journal.ts';
import type { Log } from './log.ts';
import { createPageJobs } from './page-jobs.ts';
import { createProfiles } from './profiles.ts';
import { createReadingQueue } from './reading-queue.ts';
import type { Resources } from './resources.ts';
import { createScans } from './scans.ts';
import { createSeparatorSheets } from './separator-sheets.ts';
import { createPageTreatment } from './treat-page.ts';
import type { WorkerFiles } from './worker-files.ts';

export interface DigitisingParts {
  readonly config: CounterConfig;
  readonly scanners: Scanners;
  readonly printers: Printers;
  readonly usb: UsbService;
  readonly store: Store;
  readonly journal: Journal;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly resources: Resources;
  readonly encodeBarcode: EncodeBarcode;
  readonly workers: WorkerFiles;
  readonly judgeArriving: (path: string) => Promise<Indication | null>;
  readonly log: Log;
}

/** All that turns paper and files into pages, wired: the parts that the handlers call, and how they end. */
export async function createDigitising(parts: DigitisingParts) {
  const { config, scanners, printers, usb, store, journal, bus, clock, resources, workers, log } = parts;
  // First: where it fails there is nothing yet that would have to be closed again.
  const separatorSheets = await createSeparatorSheets(resources, parts.encodeBarcode, clock);
  const imaging = createImaging(workers.imaging ? { workerPath: workers.imaging } : {});
  const jobs = createPageJobs({ imaging, store, journal, bus, judgeArriving: parts.judgeArriving, log });
  const profiles = createProfiles(store.settings, config.scanProfiles);
  const scans = createScans({ openScanner: scanners.open, jobs, journal, profiles });
  const treat = createPageTreatment({ store, journal, imaging });
  const importing = importDeps(workers.importing ? { workerPath: workers.importing } : {});
  const note = (what: string, err: unknown) => log.info({ err }, what);
  const uploads = createUploads({ folder: path.join(store.workspace.folder, 'uploads'), note });
  // Counters share a folder; what one had taken when it was stopped, it alone gives back.
  const owner = `${config.unit.code}-${config.counter}`;
  const inbox = config.inbox === '' ? null : openInbox({ folder: config.inbox, owner, note });
  const offInbox = inbox?.onChange(() => {
    inbox.list().then(
      (files) => bus.publish('inbox.changed', { files: files.length }),
      (err: unknown) => log.warn({ err }, 'the watched folder cannot be read'),
    );
  });
  const reading = config.readPages
    ? createReadingQueue({
        reader: createReader(workers.reading ? { workerPath: workers.reading } : {}),
        ...{ store, journal, bus, treat, log },
        busy: jobs.busy,
      })
    : null;
  const copies = createCopies({
    ...{ imaging, store, bus, clock, resources, log },
    openScanner: scanners.open,
    openPrinter: printers.open,
  });
  const readers = config.serialReaders.map((reader) =>
    watchSerialReader(
      reader,
      (reading) => {
        if (reading.kind === 'line') bus.publish('reader.line', { line: reading.text });
        else bus.publish('reader.damaged', { reason: reading.reason });
      },
      (state) => log.info({ path: reader.path, state }, 'serial reader'),
    ),
  );
  let offUsb: (() => void) | null = null;

  return {
    jobs,
    profiles,
    scans,
    treat,
    uploads,
    reading,
    copies,
    imports: createImports({ deps: importing, uploads, inbox, jobs, journal }),
    cards: createCards({ imaging, uploads, importing, clock }),
    openScanner: scanners.open,
    listPrinters: printers.list,
    separatorSheets,
    textOf: (page: Dossier['components'][number]['pages'][number]) => reading?.textOf(page) ?? null,
    /** Whoever asks is told of changes from then on; a counter that nobody looks at leaves the USB alone. */
    async usb(): Promise<UsbPresence> {
      offUsb ??= usb.onChange((presence) => bus.publish('usb.changed', copyOf(presence)));
      return copyOf(await usb.list());
    },
    async close(): Promise<void> {
      offInbox?.();
      offUsb?.();
      await Promise.all([jobs.close(), copies.close(), ...readers.map((reader) => reader.close())]);
      await reading?.close();
      await Promise.all([imaging.close(), inbox?.close(), uploads.close()]);
    },
  };
}

function copyOf({ state, reason, devices }: Presence): UsbPresence {
  return { state, reason, devices: devices.map((device) => ({ ...device, kinds: [...device.kinds] })) };
}
