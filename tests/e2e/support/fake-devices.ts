import { randomUUID } from 'node:crypto';
import { CounterError } from '../../../src/contract/errors.ts';
import type { PrinterInfo, ScannerDevice, ScanProfile, UsbPresence } from '../../../src/contract/model.ts';
import type { ParsedInput } from '../../../src/contract/operations.ts';
import { readCard } from './fake-card.ts';
import type { Handlers, Sheet, World } from './fake-world.ts';

type DeviceOperations =
  | 'scanners.list'
  | 'scans.start'
  | 'scans.cancel'
  | 'profiles.get'
  | 'cards.scan'
  | 'printers.list'
  | 'copies.start'
  | 'copies.cancel'
  | 'usb.list';

export interface FakeDevices {
  readonly handlers: Pick<Handlers, DeviceOperations>;
  /** How many sheets lie in the feeder for the next scan. */
  loadFeeder(sheets: number): void;
  /** What the next pages are like, one after the other; plain ones follow. */
  nextSheets(sheets: readonly Sheet[]): void;
  /** The next scan jams after that many whole pages. */
  jamAfter(pages: number): void;
  /** Scans and copies wait before each page until the returned function is called. */
  holdPages(): () => void;
  /** The feeder reads one side only. */
  takeDuplexAway(): void;
  /** The line of the card that lies on the glass. */
  layCard(line: string): void;
  setPrinter(state: PrinterInfo['state']): void;
  plug(devices: UsbPresence['devices']): void;
}

export const SCANNER = 'escl:http://127.0.0.1:8080/eSCL';

export function fakeDevices(world: World): FakeDevices {
  const jobs = new Map<string, AbortController>();
  const profiles = new Map<string, ScanProfile>();
  let scanner: ScannerDevice = {
    uri: SCANNER,
    name: 'Canon DR-S150 (Quầy 3)',
    origin: 'escl',
    sources: ['adf', 'adf-duplex', 'platen'],
    dpis: [100, 200, 300, 600],
    modes: ['color', 'gray', 'bw'],
  };
  let sheets = 2;
  let coming: readonly Sheet[] = [];
  let jam: number | null = null;
  let gate: Promise<void> | null = null;
  let card: string | null = null;
  let printer: PrinterInfo['state'] = 'idle';
  let presence: UsbPresence = { state: 'ok', reason: '', devices: [] };
  const fronts = new Map<string, number>();

  async function scan(scanId: string, input: ParsedInput<'scans.start'>, signal: AbortSignal): Promise<void> {
    const wanted = sheets * (input.settings.source === 'adf-duplex' ? 2 : 1);
    const jamAt = jam;
    jam = null;
    let pages = 0;
    const fail = (error: CounterError) => {
      jobs.delete(scanId);
      world.emit('scan.failed', {
        scanId,
        pages,
        error: { code: error.code, details: { ...error.details } },
      });
    };
    for (let i = 0; i < wanted; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      await gate;
      if (signal.aborted) return fail(new CounterError('CANCELLED'));
      if (jamAt !== null && pages === jamAt) {
        return fail(new CounterError('SCANNER_JAMMED', { page: pages + 1 }));
      }
      const [sheet = {}, ...rest] = coming;
      coming = rest;
      const { dossierId, componentId } = input;
      const place = i === 0 || input.place.at === 'before' ? input.place : ({ at: 'end' } as const);
      const page = await world.addPage({
        dossierId,
        componentId,
        place,
        dpi: input.settings.dpi,
        origin: 'scan',
        sheet,
      });
      pages += 1;
      world.emit('scan.page', { scanId, dossierId, componentId, page });
    }
    jobs.delete(scanId);
    fronts.set(scanId, pages);
    const differ = input.backsOf !== undefined && fronts.get(input.backsOf) !== pages;
    world.emit('scan.finished', { scanId, pages, note: differ ? 'backs-differ' : null });
  }

  async function copy(copyId: string, input: ParsedInput<'copies.start'>, signal: AbortSignal) {
    for (let page = 1; page <= sheets; page += 1) {
      await new Promise((resolve) => setTimeout(resolve, 40));
      world.emit('copy.progress', { copyId, stage: 'scanning', pages: page });
      await gate;
      if (signal.aborted) {
        world.emit('copy.failed', { copyId, error: { code: 'CANCELLED', details: {} } });
        return;
      }
    }
    world.emit('copy.progress', { copyId, stage: 'printing', pages: sheets });
    world.emit('copy.finished', { copyId, pages: sheets, copies: input.copies });
  }

  return {
    loadFeeder(count) {
      sheets = count;
    },
    nextSheets(next) {
      coming = next;
    },
    jamAfter(pages) {
      jam = pages;
    },
    holdPages() {
      let open = () => {};
      gate = new Promise((resolve) => {
        open = resolve;
      });
      return () => {
        gate = null;
        open();
      };
    },
    takeDuplexAway() {
      scanner = { ...scanner, sources: ['adf', 'platen'] };
    },
    layCard(line) {
      card = line;
    },
    setPrinter(state) {
      printer = state;
    },
    plug(devices) {
      presence = { ...presence, devices };
      world.emit('usb.changed', presence);
    },
    handlers: {
      'scanners.list': () => [scanner],
      'scans.start': (input) => {
        world.taking(input.dossierId);
        if (jobs.size > 0) throw new CounterError('SCANNER_BUSY', { by: 'this-counter' });
        if (sheets === 0) throw new CounterError('SCANNER_EMPTY');
        const scanId = randomUUID();
        const controller = new AbortController();
        jobs.set(scanId, controller);
        profiles.set(input.componentId, {
          settings: input.settings,
          autoColour: input.autoColour,
          from: 'component',
        });
        void scan(scanId, input, controller.signal);
        return { scanId };
      },
      'scans.cancel': ({ scanId }) => {
        jobs.get(scanId)?.abort();
        return {};
      },
      'profiles.get': ({ componentId }) =>
        profiles.get(componentId) ?? {
          settings: { source: 'adf', dpi: 300, mode: 'color' },
          autoColour: false,
          from: componentId === 'c2' ? 'procedure' : 'default',
        },
      'cards.scan': () => {
        if (card === null) throw new CounterError('SCANNER_EMPTY');
        return readCard(card);
      },
      'printers.list': () => [
        { uri: 'ipp://127.0.0.1:631/ipp/print', name: 'Brother HL-L6210 (Quầy 3)', state: printer },
      ],
      'copies.start': (input) => {
        if (printer === 'unreachable') throw new CounterError('SCANNER_UNREACHABLE');
        const copyId = randomUUID();
        const controller = new AbortController();
        jobs.set(copyId, controller);
        void copy(copyId, input, controller.signal).finally(() => jobs.delete(copyId));
        return { copyId };
      },
      'copies.cancel': ({ copyId }) => {
        jobs.get(copyId)?.abort();
        return {};
      },
      'usb.list': () => presence,
    },
  };
}
