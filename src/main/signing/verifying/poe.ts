/** What a time stamp proves: that all that lies before `end` in the file existed at `at` (EN 319 102-1 §5.6.2.3). */
export interface Proof {
  readonly at: Date;
  /** Offset behind the last octet that the time stamp covers. */
  readonly end: number;
}

/** Proofs of existence, gathered while time stamps are judged from the newest to the oldest. */
export interface Proofs {
  add(proof: Proof): void;
  /** The earliest time at which all up to `end` is proven to have existed; null where nothing proves it. */
  earliest(end: number): Date | null;
  /** The latest time that stands within the first `end` octets, proven: whatever covers them came after it. */
  latestWithin(end: number): Date | null;
}

export function newProofs(): Proofs {
  const proofs: Proof[] = [];
  const times = (fits: (proof: Proof) => boolean) => proofs.filter(fits).map((p) => p.at.getTime());
  return {
    add: (proof) => {
      proofs.push(proof);
    },
    earliest: (end) => dateOr(Math.min(...times((p) => p.end >= end))),
    latestWithin: (end) => dateOr(Math.max(...times((p) => p.end < end))),
  };
}

function dateOr(time: number): Date | null {
  return Number.isFinite(time) ? new Date(time) : null;
}
