/** What is known of a print job. A job that was handed over is not yet paper: only 'completed' is. */
export interface PrintJob {
  readonly id: string;
  readonly state: 'pending' | 'processing' | 'stopped' | 'completed' | 'aborted';
  /** Pages of the document. */
  readonly pages: number;
  readonly target: string;
}

export interface Printer {
  readonly uri: string;
  /** Prints a PDF and waits for the job's end. `key` names the job: the same key again never prints twice. */
  print(pdf: string, key: string, signal: AbortSignal): Promise<PrintJob>;
}
