import { CounterError } from '../../contract/errors.ts';
import type { ScanSettings } from '../../contract/model.ts';
import { assertTakesPages, type Place } from '../dossiers/commands.ts';
import type { Scanner } from '../scanning/port.ts';
import type { Journal } from './journal.ts';
import type { Incoming, PageJobs } from './page-jobs.ts';
import { createBacksRoute, createRoute, type Route } from './page-route.ts';
import type { Profiles } from './profiles.ts';

export interface ScanRequest {
  readonly dossierId: string;
  readonly componentId: string;
  readonly device: string;
  readonly settings: ScanSettings;
  readonly autoColour: boolean;
  readonly separate: boolean;
  readonly place: Place;
  readonly backsOf?: string | undefined;
  readonly actor: string;
}

export interface Scans {
  /** Starts the scan, or throws before the feeder moves. */
  start(request: ScanRequest): string;
}

export function createScans(parts: {
  readonly openScanner: (uri: string) => Scanner;
  readonly jobs: PageJobs;
  readonly journal: Journal;
  readonly profiles: Profiles;
}): Scans {
  const { openScanner, jobs, journal, profiles } = parts;
  const busy = new Set<string>();

  function routeOf(request: ScanRequest): Route {
    if (request.backsOf === undefined)
      return createRoute({ ...request, duplex: request.settings.source === 'adf-duplex' });
    const fronts = jobs.pagesOf(request.backsOf);
    if (fronts === null) throw new CounterError('DOSSIER_STATE', { reason: 'fronts-unknown' });
    return createBacksRoute(request.componentId, fronts);
  }

  async function* pagesOf(
    scanner: Scanner,
    settings: ScanSettings,
    signal: AbortSignal,
  ): AsyncGenerator<Incoming> {
    for await (const page of scanner.scan(settings, signal)) yield { kind: 'page', page, photo: false };
  }

  return {
    start(request) {
      const { dossierId, componentId, device, settings, actor, autoColour } = request;
      const dossier = journal.load(dossierId);
      assertTakesPages(dossier, componentId);
      const scanner = openScanner(device);
      if (busy.has(device)) throw new CounterError('SCANNER_BUSY', { device });
      const scanId = jobs.start({
        ...{ dossierId, actor, origin: 'scan', route: routeOf(request), order: { autoColour } },
        open: (signal) => pagesOf(scanner, settings, signal),
        async settle() {
          busy.delete(device);
        },
      });
      busy.add(device);
      // One page done again, or backs, say nothing about how the next paper is to be scanned.
      if (request.place.at === 'end' && request.backsOf === undefined)
        profiles.remember(
          { device, procedureCode: dossier.procedure.code, componentId },
          { settings, autoColour },
        );
      return scanId;
    },
  };
}
