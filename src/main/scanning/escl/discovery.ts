import { isIPv4, isIPv6 } from 'node:net';
import { Bonjour, type Service } from 'bonjour-service';
import type { FoundScanner } from '../found.ts';

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

/** DNS-SD service types of eSCL over http and https. */
const TYPES = [
  { type: 'uscan', scheme: 'escl', protocol: 'http' },
  { type: 'uscans', scheme: 'escls', protocol: 'https' },
] as const;

type ServiceType = (typeof TYPES)[number]['type'];

/** What of a service is read here; not its `type`, which the package gets wrong for names with a dot. */
export type EsclService = Pick<Service, 'name' | 'host' | 'port' | 'txt' | 'addresses'>;

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
  const byDevice = new Map<string, FoundScanner>();
  for await (const found of discoverEscl(options)) {
    const key = found.uuid || found.uri;
    if (!byDevice.has(key) || found.uri.startsWith('escls:')) byDevice.set(key, found);
  }
  return [...byDevice.values()];
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
  const browsers = TYPES.map(({ type }) => bonjour.find({ type }, (service) => onUp(type, service)));
  return {
    stop: () => {
      for (const browser of browsers) browser.stop();
      bonjour.destroy();
    },
  };
}

/** Reads the TXT record of a service (Mopria eSCL: ty = model, rs = resource, note = place, UUID). */
export function foundFrom(type: ServiceType, service: EsclService): FoundScanner | undefined {
  const kind = TYPES.find((row) => row.type === type)!;
  const host = hostOf(service);
  if (!host || !(service.port > 0 && service.port < 65536)) return undefined;
  const txt = lowerCaseKeys(service.txt);
  const resource = (txt.rs ?? 'eSCL').replace(/^\/+|\/+$/g, '') || 'eSCL';
  const url = new URL(`${kind.protocol}://${host}:${service.port}`);
  url.pathname = `/${resource}`;
  return {
    uri: `${kind.scheme}:${url.href}`,
    name: txt.ty || service.name,
    origin: 'escl',
    note: txt.note ?? '',
    uuid: (txt.uuid ?? '').replace(/^urn:uuid:/i, '').toLowerCase(),
  };
}

/** An IPv4 address before a name: `.local` names need a resolver that Windows 10 does not always have. */
function hostOf(service: EsclService): string | undefined {
  const addresses = service.addresses ?? [];
  const address = addresses.find((a) => isIPv4(a)) ?? addresses.find((a) => isIPv6(a) && !/^fe80:/i.test(a));
  if (address) return isIPv6(address) ? `[${address}]` : address;
  return /^[A-Za-z0-9.-]+$/.test(service.host ?? '') ? service.host : undefined;
}

/** A hostile or odd device may announce anything: strings only, of a bounded length, without control characters. */
function lowerCaseKeys(txt: unknown): Partial<Record<string, string>> {
  if (typeof txt !== 'object' || txt === null) return {};
  const entries = Object.entries(txt).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[key.toLowerCase(), value.replace(/\p{Cc}/gu, ' ').slice(0, 255)]] : [],
  );
  return Object.fromEntries(entries);
}
