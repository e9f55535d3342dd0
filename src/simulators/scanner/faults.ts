import type { AdfFault, DeviceState } from './escl-messages.ts';

/**
 * What can go wrong at a scanner, on demand. `page` counts from 0 within a job; without it the fault strikes the
 * next page that is asked for. A jam leaves 200 with an empty body (observed on AirSane), 200 with a cut picture,
 * or 409 where the device notices in time.
 */
export type Fault =
  | { readonly kind: 'jam'; readonly page?: number; readonly body?: 'empty' | 'cut' | 'none' }
  /** Without `page` the cover is open at once, and jobs are refused until `clear()`. */
  | { readonly kind: 'cover-open'; readonly page?: number }
  /** The feeder stops with this state; without `page` at once, and jobs are refused until `clear()`. */
  | { readonly kind: 'feeder'; readonly state: AdfFault; readonly page?: number }
  /** Half a picture and a clean end, and nothing says why (read of several makers). The sheet is through. */
  | { readonly kind: 'cut'; readonly page?: number }
  /** Something else than a picture. */
  | { readonly kind: 'no-picture'; readonly as: 'pdf' | 'html'; readonly page?: number }
  /** The page is given once more by the next question (NAPS2 issue 502). */
  | { readonly kind: 'twice'; readonly page?: number }
  /** It sleeps: the next question of any kind is broken off, or answered after `ms` only. */
  | { readonly kind: 'sleep'; readonly wakes: 'by-reset' | 'slowly'; readonly ms?: number }
  /** What it says of itself; jobs are answered with 503 meanwhile. Lasts until `clear()`. */
  | { readonly kind: 'state'; readonly state: Exclude<DeviceState, 'Idle' | 'Processing'> }
  /** DELETE is answered with 405 and does nothing; lasts until `clear()`. */
  | { readonly kind: 'ignore-delete' }
  /** Somebody takes the sheets out of the feeder. */
  | { readonly kind: 'empty' }
  /** 503, `times` times: to the job's creation, or to a page's request; with Retry-After where it is given. */
  | {
      readonly kind: 'busy';
      readonly times: number;
      readonly at: 'job' | 'page';
      readonly retryAfterSeconds?: number;
    }
  /** Every chunk of a body waits so long; lasts until `clear()`. */
  | { readonly kind: 'slow'; readonly chunkDelayMs: number }
  /** The connection is reset half way through a body. */
  | { readonly kind: 'reset'; readonly page?: number }
  /** Everything is dropped half way through a body; back on the same port after `downMs`, its jobs forgotten. */
  | { readonly kind: 'reboot'; readonly page?: number; readonly downMs?: number }
  /** As reboot, but it never comes back. */
  | { readonly kind: 'crash'; readonly page?: number }
  /** The job's Location names a host that does not exist (seen on some HP devices); lasts until `clear()`. */
  | { readonly kind: 'wrong-host' }
  /** BlackAndWhite1 is advertised, yet refused with 409; lasts until `clear()`. */
  | { readonly kind: 'refuse-bw' };

export type FaultKind = Fault['kind'];
export type FaultOf<K extends FaultKind> = Extract<Fault, { kind: K }>;

const PAGE_FAULTS = [
  'jam',
  'cover-open',
  'feeder',
  'cut',
  'no-picture',
  'twice',
  'reset',
  'reboot',
  'crash',
] as const;
export type PageFault = FaultOf<(typeof PAGE_FAULTS)[number]>;

function isPageFault(fault: Fault): fault is PageFault {
  return PAGE_FAULTS.some((kind) => kind === fault.kind);
}

type Lasting = 'slow' | 'wrong-host' | 'refuse-bw' | 'state' | 'ignore-delete';

export interface FaultBox {
  add(fault: Fault): void;
  clear(): void;
  /** A lasting fault of this kind. */
  lasting<K extends Lasting>(kind: K): FaultOf<K> | undefined;
  /** The fault, and one fewer left, while the scanner still has to say 'busy' at this place. */
  takeBusy(at: 'job' | 'page'): FaultOf<'busy'> | undefined;
  /** How it wakes; once. */
  takeSleep(): FaultOf<'sleep'> | undefined;
  /** The fault that strikes this page; it strikes once. */
  takeForPage(page: number): PageFault | undefined;
}

export function createFaultBox(): FaultBox {
  let open: Fault[] = [];
  return {
    add(fault) {
      open.push(fault);
    },
    clear() {
      open = [];
    },
    lasting<K extends Lasting>(kind: K) {
      return open.find((f): f is FaultOf<K> => f.kind === kind);
    },
    takeBusy(at) {
      const index = open.findIndex((f) => f.kind === 'busy' && f.at === at);
      const fault = open[index];
      if (fault?.kind !== 'busy') return undefined;
      if (fault.times <= 1) open.splice(index, 1);
      else open[index] = { ...fault, times: fault.times - 1 };
      return fault.times > 0 ? fault : undefined;
    },
    takeSleep() {
      const index = open.findIndex((f) => f.kind === 'sleep');
      const fault = open[index];
      if (fault?.kind !== 'sleep') return undefined;
      open.splice(index, 1);
      return fault;
    },
    takeForPage(page) {
      const index = open.findIndex((f) => isPageFault(f) && (f.page ?? page) === page);
      const fault = open[index];
      if (!fault || !isPageFault(fault)) return undefined;
      open.splice(index, 1);
      return fault;
    },
  };
}
