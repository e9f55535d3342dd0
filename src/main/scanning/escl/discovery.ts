import { Bonjour } from 'bonjour-service';
import type { FoundScanner } from '../found.ts';
import { type EsclService, foundFrom, mergeFound, SERVICE_TYPES, type ServiceType } from './announced.ts';

export interface DiscoveryOptions {
  readonly signal: AbortSignal;
  /** How long answers are awaited; devices that sleep may take tens of seconds (NAPS2 waits 60 s). */
  readonly timeoutMs: number;
  /** Address of the one network interface to ask on; all of them by default. */
  readonly interface?: string;
  /** UDP port of multicast DNS; 5353 but for tests. */
  readonly port?: number;
  readonly note?: (what: string, error: unknown) => void;
}

/**
 * Yields eSCL devices as they answer, each URI once; a device that offers http and https comes as two entries with
 * one `uuid`. Ends with the time-out or the signal. Where multicast is not possible (no network, forbidden) it
 * ends without a device: `note` gets the reason.
 */
export async function* discoverEscl(options: DiscoveryOptions): AsyncGenerator<FoundScanner, void, void> {
  const queue: FoundScanner[] = [];
  const seen = new Set<string>();
  let wake = () => {};
  let over = options.signal.aborted;
  const end = () => {
    over = true;
    wake();
  };
  const timer = setTimeout(end, options.timeoutMs);
  options.signal.addEventListener('abort', end, { once: true });
  const search = startSearch(options, end, (type, service) => {
    const found = foundFrom(type, service);
    if (!found || seen.has(found.uri)) return;
    seen.add(found.uri);
    queue.push(found);
    wake();
  });
  try {
    for (;;) {
      const next = queue.shift();
      if (next) yield next;
      else if (over) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', end);
    search.stop();
  }
}

/** Every device once, over https where it offers it: papers of citizens cross the network. */
export async function listEsclDevices(options: DiscoveryOptions): Promise<FoundScanner[]> {
  const all: FoundScanner[] = [];
  for await (const found of discoverEscl(options)) all.push(found);
  return mergeFound(all);
}

function startSearch(
  options: DiscoveryOptions,
  end: () => void,
  onUp: (type: ServiceType, service: EsclService) => void,
) {
  const note = options.note ?? (() => {});
  // multicast-dns binds to the address of the interface unless told otherwise, and then hears no multicast.
  const chosen = { interface: options.interface, bind: '0.0.0.0', port: options.port };
  const given = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
  const bonjour = new Bonjour(given, (error: unknown) => note('mdns: answer', error));
  // The package does not expose its socket, and an 'error' without a listener would end the process: no network,
  // port in use, no right to bind.
  const { mdns } = (bonjour as unknown as { server: { mdns: NodeJS.EventEmitter } }).server;
  mdns.on('error', (error: unknown) => {
    note('mdns: no search', error);
    end();
  });
  mdns.on('warning', (error: unknown) => note('mdns: warning', error));
  const browsers = SERVICE_TYPES.map(({ type }) => bonjour.find({ type }, (service) => onUp(type, service)));
  return {
    stop: () => {
      for (const browser of browsers) browser.stop();
      bonjour.destroy();
    },
  };
}
