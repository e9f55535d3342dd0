import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CounterError } from '../../contract/errors.ts';
import type { Calendar } from '../calendar/calendar.ts';
import { diskCheck, keyCheck, provinceCheck, scannerCheck, storeCheck } from '../diagnostics/checks.ts';
import { createDiagnostics, type Diagnostics } from '../diagnostics/run.ts';
import { nationalState, parseStateCodes } from '../dossiers/state-codes.ts';
import { folderLedger } from '../printing/ledger.ts';
import { printerDeps } from '../printing/open.ts';
import { connectProvince } from '../province/connector.ts';
import type { RecordContext } from '../province/record.ts';
import { scannerDeps } from '../scanning/index.ts';
import { readModuleListing } from '../signing/keys/modules.ts';
import { openKeySource } from '../signing/keys/open.ts';
import { forkHost, type HostChannel } from '../signing/keys/token-host/channel.ts';
import { createTokenHost } from '../signing/keys/token-host/client.ts';
import { openSigner } from '../signing/signers.ts';
import { createBarcodeEncoder, type EncodeBarcode } from '../slips/barcode.ts';
import { openStore, type Store } from '../store/index.ts';
import type { KeyVault } from '../store/key-vault.ts';
import { createUsb, forkUsbHost } from '../usb/client.ts';
import { loadCalendar } from './calendar-files.ts';
import { openCatalogue } from './catalogue/open.ts';
import { type Clock, systemClock } from './clock.ts';
import { type CounterConfig, readConfig } from './config.ts';
import { createConnections } from './connections.ts';
import { createDelivery } from './delivery.ts';
import {
  createKeys,
  createPrinters,
  createScanners,
  type Keys,
  type Scanners,
  servicePin,
  settingsPins,
} from './devices.ts';
import { createDigitising } from './digitising.ts';
import { createDispatcher } from './dispatcher.ts';
import type { Engine } from './engine.ts';
import { createEventBus } from './events.ts';
import type { FieldParts } from './field-parts.ts';
import { createTokenFinder } from './found-tokens.ts';
import { createHandlers } from './handlers.ts';
import { createJournal, projectDossier } from './journal.ts';
import type { Log } from './log.ts';
import { createOfficialNumbers, keepNumbersInHand } from './numbers.ts';
import { createReceiver } from './receive-dossier.ts';
import { loadResources, type Resources } from './resources.ts';
import { createSigning } from './signing.ts';
import { createSigningPolicy } from './signing-policy.ts';
import { readSlipForms, SYSTEM } from './slips/forms.ts';
import { createSlipIssuer } from './slips/issue.ts';
import { createTellProvince } from './tell-province.ts';
import { judgeArriving } from './verification.ts';
import type { WorkerFiles } from './worker-files.ts';

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
  /** How child hosts are started; absent = child processes of Node. */
  readonly launchTokenHost?: () => HostChannel;
  readonly launchUsbHost?: () => HostChannel;
  readonly workers?: WorkerFiles;
}

/** Opens everything and wires it: the one place where adapters meet the use cases. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { log, clock = systemClock, dataDir } = options;
  const [config, resources] = await Promise.all([
    readConfig(options.configFile),
    loadResources(options.resources),
  ]);
  const calendar = await loadCalendar(options.resources, config.calendar);
  const store = await openStore({ dataDir, keyVault: options.keyVault });
  try {
    return await wire({ options, config, resources, calendar, store, log, clock });
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Set by a change of the store after which old projections lack what new ones have. */
const STALE = 'projections.stale';
/** How long a command that was begun may still take when the engine closes: a signature, a slip. */
const CLOSE_PATIENCE_MS = 5_000;

interface Wiring {
  readonly options: EngineOptions;
  readonly config: CounterConfig;
  readonly resources: Resources;
  readonly calendar: Calendar;
  readonly store: Store;
  readonly log: Log;
  readonly clock: Clock;
}

async function wire(wiring: Wiring): Promise<Engine> {
  const { options, config, resources, calendar, store, log, clock } = wiring;
  const { version } = options;
  if (store.sweepReport.missing.length > 0)
    log.error({ missing: store.sweepReport.missing }, 'vault objects missing');
  const bus = createEventBus();
  const journal = createJournal({ store, bus, clock });
  const tokenHost = createTokenHost({ launch: options.launchTokenHost ?? (() => forkHost()) });
  const usb = createUsb({ launch: options.launchUsbHost ?? (() => forkUsbHost()) });
  const signerDeps = {
    tokenHost,
    now: () => clock.now(),
    service: servicePin(store.settings, config.requireTrustedCertificates),
  };
  const findTokens = config.findTokens
    ? createTokenFinder({ listing: readModuleListing(options.resources), host: tokenHost, log })
    : async () => [];
  const keys = createKeys(config, (uri) => openSigner(uri, signerDeps), findTokens, log);
  const policy = await createSigningPolicy({ config, resources, dataDir: options.dataDir, clock, log });
  const scanning = scannerDeps({
    // Pages that a scan program writes lie where they are wiped at the next start.
    tempRoot: store.workspace.folder,
    pins: settingsPins(store.settings),
    helpers: config.scanHelpers,
    requireTrustedCertificate: config.requireTrustedCertificates,
    usb: usb.connect,
    note: (what, error) => log.info({ what, err: error }, 'scanner'),
  });
  const scanners = createScanners(config, scanning, usb, log);
  const encodeBarcode = await loadBarcodeEncoder();
  const printing = printerDeps({
    ledger: folderLedger(path.join(options.dataDir, 'print-jobs')),
    pins: scanning.pins,
    requireTrustedCertificate: config.requireTrustedCertificates,
    usb: usb.connect,
    now: () => clock.now().getTime(),
  });
  const printers = createPrinters(config, printing, log);
  const digitising = await createDigitising({
    ...{ config, scanners, printers, usb, store, journal, bus, clock, resources, encodeBarcode, log },
    workers: options.workers ?? {},
    judgeArriving: judgeArriving(policy.verification, clock),
  });
  const signing = createSigning({
    ...{ policy, printers, store, journal, bus, clock, resources, log },
    openSigner: keys.open,
    openKey: (uri) => {
      keys.assertListed(uri);
      return openKeySource(uri, signerDeps);
    },
    book: config.certification,
    user: config.user.name,
    producer: `Một Cửa Counter ${version}`,
    uploads: digitising.uploads,
    textOf: digitising.textOf,
  });

  if (store.settings.get(STALE) === '1') {
    store.rebuild(projectDossier);
    store.settings.set(STALE, '0');
  }
  store.outbox.recover();
  const province = config.province && connectProvince({ ...config.province, unit: config.unit.code });
  const numbers =
    province &&
    createOfficialNumbers({
      store,
      province,
      unit: config.unit.code,
      onContact: (error) => outbox?.noteContact(error),
    });
  const outbox =
    province &&
    createDelivery({
      ...{ store, journal, province, clock, bus, log },
      numbers: numbers!,
      raiser: signing.raiser,
      stateCode: await loadStateCodes(resources),
    });
  const outboxStatus = () => outbox?.status() ?? { ...store.outbox.counts(), online: false };
  function onQueued(): void {
    bus.publish('outbox.changed', outboxStatus());
    signing.raiser?.wake();
    outbox?.wake();
  }
  const closing = new AbortController();

  const slips = createSlipIssuer({
    ...{ store, clock, config },
    drawnWith: {
      fonts: resources.fonts,
      forms: await readSlipForms(resources, config.slips.forms),
      encodeBarcode,
      system: SYSTEM,
    },
  });
  const tellProvince = createTellProvince(store, config.unit);
  const catalogue = await openCatalogue(
    { resources: options.resources, file: config.catalogue },
    store,
    clock,
  );
  const field: FieldParts = {
    catalogue,
    ...{
      config,
      resources,
      store,
      journal,
      clock,
      calendar,
      bus,
      log,
      encodeBarcode,
      tellProvince,
      onQueued,
    },
    openPrinter: printers.open,
    printerDeps: printing,
    openSigner: keys.open,
    workers: options.workers ?? {},
    slips,
    uploads: digitising.uploads,
    verification: signing.verification,
    closing: closing.signal,
  };

  const handlers = createHandlers({
    field,
    config,
    version,
    clock,
    store,
    journal,
    calendar,
    ...digitising,
    listScanners: scanners.list,
    listKeys: keys.list,
    signing: signing.batches,
    previewSignature: signing.preview,
    verification: signing.verification,
    certification: signing.certification,
    receive: createReceiver({
      store,
      journal,
      clock,
      calendar,
      numbers: numbers ?? null,
      blockSize: config.province?.numbersInHand ?? 0,
      tellProvince,
      counter: config.counter,
      assertIdle: digitising.jobs.assertIdle,
      slips,
      onReceived: onQueued,
      log,
    }),
    outbox,
    outboxStatus,
    onQueued,
    closing: closing.signal,
    diagnostics: diagnosticsOf(wiring, scanners, keys),
  });
  signing.raiser?.wake();
  outbox?.start();
  const wanted = config.province?.numbersInHand ?? 0;
  const keepNumbers = numbers && wanted > 0 ? keepNumbersInHand(numbers, wanted, clock, log) : null;

  const caller = { role: config.user.role, user: config.user.name };
  const connections = createConnections({ dispatcher: createDispatcher(handlers, log), bus, caller, log });

  /** A card or a service that waits for a person is not waited for. */
  const patiently = (work: Promise<unknown>) =>
    Promise.race([work, pause(CLOSE_PATIENCE_MS, undefined, { ref: false })]);

  async function close(): Promise<void> {
    connections.refuse();
    closing.abort();
    try {
      await Promise.all([
        keepNumbers?.stop(),
        digitising.close(),
        outbox?.stop(),
        patiently(signing.close()),
      ]);
      await patiently(connections.settled());
      connections.closeAll();
      await Promise.all([tokenHost.shutdown(), usb.close()]);
    } finally {
      await store.close();
    }
  }
  let closed: Promise<void> | null = null;

  return {
    connect: connections.connect,
    async drainOutbox(signal) {
      await outbox?.drain({ untilEmpty: true, signal: AbortSignal.any([signal, closing.signal]) });
    },
    close() {
      closed ??= close();
      return closed;
    },
  };
}

/** The five self-checks that every counter can run at any time. */
function diagnosticsOf(
  { options, config, store, clock }: Wiring,
  scanners: Scanners,
  keys: Keys,
): Diagnostics {
  return createDiagnostics({
    disk: diskCheck(options.dataDir),
    store: storeCheck({
      count: () => store.counts(),
      missingObjects: () => store.sweepReport.missing.length,
      configFile: options.configFile,
    }),
    scanner: scannerCheck(() => scanners.list(false), config.scanners.length),
    key: keyCheck(keys.list, config.keys.length),
    province: provinceCheck(config.province?.baseUrl ?? null, () => clock.now()),
  });
}

async function loadBarcodeEncoder(): Promise<EncodeBarcode> {
  const wasm = createRequire(import.meta.url).resolve('zxing-wasm/writer/zxing_writer.wasm');
  return createBarcodeEncoder(await readFile(wasm));
}

/** TrangThaiHoSo of a dossier that the province may hear of. */
async function loadStateCodes(resources: Resources): Promise<RecordContext['stateCode']> {
  const codes = parseStateCodes(await resources.json('dossier-states.json'));
  return (dossier) => {
    const code = nationalState(dossier, codes);
    if (!code) throw new CounterError('DOSSIER_STATE', { state: dossier.state, reason: 'not-told' });
    return String(code.national);
  };
}
