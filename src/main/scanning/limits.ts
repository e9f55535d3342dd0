/**
 * How long and how much a device may take. Milliseconds, bytes and counts.
 * Time-outs run per step of a conversation, never over a whole job: a full feeder may take minutes.
 */
export interface ScanLimits {
  /** TCP and TLS handshake. */
  readonly connectMs: number;
  /** First byte of an answer that is not a page; also the whole of `scanimage --all-options`. */
  readonly statusMs: number;
  /** First byte of a page: lamp warm-up, calibration, slow feeders. */
  readonly firstByteMs: number;
  /** Silence inside an answer, or of a running scan program. */
  readonly idleMs: number;
  /** A scan program that has reported the end of its job and does not end itself; flatbeds park their lamp first. */
  readonly closeMs: number;
  /** `scanimage --formatted-device-list` asks every back end, network ones included. */
  readonly listMs: number;
  /** Tries while the device answers 503, and the pause between them. */
  readonly busyTries: number;
  readonly busyPauseMs: number;
  /** Tries while the device says that the job still runs although it gave no page. */
  readonly pendingTries: number;
  readonly pendingPauseMs: number;
  /** Between the closed input and SIGTERM of a scan program, and between SIGTERM and SIGKILL. */
  readonly killGraceMs: number;
  /** A scan program may show progress for ever; from one page to the next it may take this long. */
  readonly pageMs: number;
  /** One line of a scan program's output. */
  readonly maxLineBytes: number;
  /** What a scan program may have in its folder at a time, and how often that is looked at. */
  readonly maxFolderBytes: number;
  readonly folderCheckMs: number;
  readonly maxXmlBytes: number;
  readonly maxPageBytes: number;
  /** Pages of one job; a device that never says it is done must not fill the disk. */
  readonly maxPages: number;
}

/**
 * Connect 5 s, status 10 s, document 120 s, 60 s a read and five tries for a pending job are those of NAPS2 8.3;
 * thirty tries one second apart on 503 those of sane-airscan. A4 at 1200 dpi in raw colour is 418 MB, so a page
 * of 256 MB covers raw colour at 600 dpi (104 MB) and any JPEG.
 */
export const DEFAULT_LIMITS: ScanLimits = {
  connectMs: 5_000,
  statusMs: 10_000,
  firstByteMs: 120_000,
  idleMs: 60_000,
  closeMs: 15_000,
  listMs: 30_000,
  busyTries: 30,
  busyPauseMs: 1_000,
  pendingTries: 5,
  pendingPauseMs: 1_000,
  killGraceMs: 3_000,
  pageMs: 600_000,
  maxLineBytes: 64 << 10,
  // NAPS2 writes a whole job at its end: 2,000 pages of 4 MB.
  maxFolderBytes: 8 * 2 ** 30,
  folderCheckMs: 2_000,
  maxXmlBytes: 1 << 20,
  maxPageBytes: 256 << 20,
  maxPages: 2_000,
};
