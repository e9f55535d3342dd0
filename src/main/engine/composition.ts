import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { CounterError } from '../../contract/errors.ts';
import { type Calendar, parseCalendar } from '../calendar/calendar.ts';
import { diskCheck, keyCheck, provinceCheck, scannerCheck, storeCheck } from '../diagnostics/checks.ts';
import { createDiagnostics } from '../diagnostics/run.ts';
import { createImaging } from '../imaging/index.ts';
import { readCatalogue } from '../procedures/catalogue-file.ts';
import { type PreparedCatalogue, prepareCatalogue } from '../procedures/search.ts';
import { connectProvince } from '../province/connector.ts';
import { scannerDeps } from '../scanning/index.ts';
import { openKeySource } from '../signing/keys.ts';
import { forkHost, type HostChannel } from '../signing/token-host/channel.ts';
import { createTokenHost } from '../signing/token-host/client.ts';
import { openStore, type Store } from '../store/index.ts';
import type { KeyVault } from '../store/key-vault.ts';
import { type Clock, systemClock } from './clock.ts';
import { type CounterConfig, readConfig } from './config.ts';
import { createDelivery } from './delivery.ts';
import { createScanners, describeKeys, settingsPins } from './devices.ts';
import { createDispatcher } from './dispatcher.ts';
import type { Engine, EngineConnection } from './engine.ts';
import { createEventBus } from './events.ts';
import { createHandlers } from './handlers.ts';
import { createJournal } from './journal.ts';
import type { Log } from './log.ts';
import { createOfficialNumbers, keepNumbersInHand } from './numbers.ts';
import { createReceiver } from './receive-dossier.ts';
import { loadResources, type Resources } from './resources.ts';
import { createScanJobs } from './scan-jobs.ts';
import { createDossierSigner } from './sign-dossier.ts';
import { createSlipRenderer } from './slip.ts';

export interface EngineOptions {
  readonly dataDir: string;
  readonly configFile: string;
  /** Folder of the files that are shipped beside the program. */
  readonly resources: string;
  readonly keyVault: KeyVault;
  /** Of the product, as package.json has it. */
  readonly version: string;
  readonly log: Log;
  readonly clock?: Clock;
  /** How a token host is started; absent = a child process of Node. */
  readonly launchHost?: () => HostChannel;
  /** The page pipeline's worker; absent = the source beside the pipeline. */
  readonly imagingWorker?: string;
}

/** Opens everything and wires it: the one place where adapters meet the use cases. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { log, clock = systemClock, dataDir } = options;
  const [config, resources] = await Promise.all([
    readConfig(options.configFile),
    loadResources(options.resources),
  ]);
  const [catalogue, calendar] = await Promise.all([
    loadCatalogue(config, options.resources),
    loadCalendar(options.resources),
  ]);
  const store = await openStore({ dataDir, keyVault: options.keyVault });
  try {
    return await wire({ options, config, resources, catalogue, calendar, store, log, clock });
  } catch (error) {
    await store.close();
    throw error;
  }
}

interface Wiring {
  readonly options: EngineOptions;
  readonly config: CounterConfig;
  readonly resources: Resources;
  readonly catalogue: PreparedCatalogue;
  readonly calendar: Calendar;
  readonly store: Store;
  readonly log: Log;
  readonly clock: Clock;
}

async function wire(wiring: Wiring): Promise<Engine> {
  const { options, config, resources, catalogue, calendar, store, log, clock } = wiring;
  const { version } = options;
  if (store.sweepReport.missing.length > 0)
    log.error({ missing: store.sweepReport.missing }, 'vault objects missing');
  const bus = createEventBus();
  const journal = createJournal({ store, bus, clock });
  const imaging = createImaging(options.imagingWorker ? { workerPath: options.imagingWorker } : {});
  const tokenHost = createTokenHost({ launch: options.launchHost ?? (() => forkHost()) });
  const openKey = (uri: string) => openKeySource(uri, { tokenHost, now: () => clock.now() });
  const scanning = scannerDeps({
    // Pages that a scan program writes lie where they are wiped at the next start.
    tempRoot: store.workspace.folder,
    pins: settingsPins(store.settings),
    note: (what, error) => log.info({ what, err: error }, 'scanner'),
  });
  const scanners = createScanners(config, scanning, log);
  const scanJobs = createScanJobs({
    openScanner: scanners.open,
    imaging,
    store,
    journal,
    bus,
    log,
  });

  store.outbox.recover();
  const province = config.province && connectProvince({ ...config.province, unit: config.unit.code });
  const numbers =
    province &&
    createOfficialNumbers({
      store,
      province,
      unit: config.unit.code,
      blockSize: config.province!.numbersInHand,
      onContact: (error) => outbox?.noteContact(error),
    });
  const outbox =
    province &&
    createDelivery({ store, journal, province, numbers: numbers!, unit: config.unit, clock, bus, log });

  const listKeys = () => describeKeys(config, openKey, log);
  const handlers = createHandlers({
    config,
    version,
    clock,
    store,
    journal,
    catalogue,
    calendar,
    scanJobs,
    listScanners: scanners.list,
    listKeys,
    sign: createDossierSigner({
      openKey,
      store,
      journal,
      bus,
      clock,
      resources,
      producer: `Một Cửa Counter ${version}`,
    }),
    receive: createReceiver({
      store,
      journal,
      clock,
      calendar,
      numbers,
      counter: config.counter,
      renderSlip: await createSlipRenderer(config, resources),
      onReceived: () => outbox?.wake(),
      log,
    }),
    outbox,
    diagnostics: createDiagnostics({
      disk: diskCheck(options.dataDir),
      store: storeCheck({
        count: () => store.counts(),
        missingObjects: () => store.sweepReport.missing.length,
        configFile: options.configFile,
      }),
      scanner: scannerCheck(() => scanners.list(false), config.scanners.length),
      key: keyCheck(listKeys, config.keys.length),
      province: provinceCheck(config.province?.baseUrl ?? null, () => clock.now()),
    }),
  });
  outbox?.start();
  const keepNumbers = numbers ? keepNumbersInHand(numbers, clock, log) : null;

  const dispatcher = createDispatcher(handlers, log);
  const connections = new Set<{ readonly close: () => void }>();
  const caller = { role: config.user.role, user: config.user.name };

  function connect(receive: Parameters<Engine['connect']>[0]): EngineConnection {
    const closing: (() => void)[] = [];
    const off = bus.subscribe(receive);
    let open = true;
    const connection = {
      close() {
        if (!open) return;
        open = false;
        off();
        connections.delete(connection);
        for (const handler of closing) handler();
      },
    };
    connections.add(connection);
    return {
      send(message) {
        void dispatcher.dispatch(message, caller).then((reply) => {
          if (reply && open) receive(reply);
        });
      },
      onClose: (handler) => void closing.push(handler),
      close: connection.close,
    };
  }

  return {
    connect,
    async drainOutbox(signal) {
      await outbox?.drain({ untilEmpty: true, signal });
    },
    async close() {
      keepNumbers?.stop();
      await scanJobs.close();
      await outbox?.stop();
      for (const connection of [...connections]) connection.close();
      await imaging.close();
      await tokenHost.shutdown();
      await store.close();
    },
  };
}

async function loadCatalogue(config: CounterConfig, resources: string): Promise<PreparedCatalogue> {
  const file = config.catalogue || path.join(resources, 'catalogue/sample.json');
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CounterError('FILE_MISSING', { file: path.basename(file) }, { cause });
  });
  return prepareCatalogue(readCatalogue(text).procedures);
}

/** Every year that is shipped; a date in another year is CALENDAR_YEAR_MISSING when it is needed. */
async function loadCalendar(resources: string): Promise<Calendar> {
  const folder = path.join(resources, 'calendar');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
  return parseCalendar(texts.map((text) => JSON.parse(text) as unknown));
}
