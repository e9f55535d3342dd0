/** How long and how much a printer may take. Milliseconds and octets. */
export interface PrintLimits {
  /** TCP and TLS handshake, or the claim of a USB interface. */
  readonly connectMs: number;
  /** Answer to a question. */
  readonly answerMs: number;
  /** Answer to a document, after its last octet: printers convert before they answer. */
  readonly documentMs: number;
  /** Silence while a document is taken: a printer that is at work takes its octets when it wants them. */
  readonly sendIdleMs: number;
  readonly maxAnswerBytes: number;
  /** Tries while the printer answers 'busy', and the pause between them. */
  readonly busyTries: number;
  readonly busyPauseMs: number;
  readonly pollMs: number;
  /** A job that waits for a person (paper, jam, cover) is given back by name after this; it stays at the printer. */
  readonly blockedMs: number;
  /** Looks for a job whose sending broke off, and the pause between them: the printer may still be taking it in. */
  readonly lookTries: number;
  readonly lookPauseMs: number;
  /** Failures to read the state of a job in a row, after which the printer counts as gone. */
  readonly pollTries: number;
}

export const PRINT_LIMITS: PrintLimits = {
  connectMs: 5_000,
  answerMs: 15_000,
  documentMs: 120_000,
  sendIdleMs: 120_000,
  maxAnswerBytes: 4 << 20,
  busyTries: 30,
  busyPauseMs: 2_000,
  pollMs: 1_000,
  blockedMs: 60_000,
  lookTries: 3,
  lookPauseMs: 2_000,
  pollTries: 5,
};
