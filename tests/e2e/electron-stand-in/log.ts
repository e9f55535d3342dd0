/** What the shell asked of Electron, one JSON line each on stdout, for the test to judge. */
export function log(event: string, details: object = {}): void {
  process.stdout.write(`${JSON.stringify({ event, ...details })}\n`);
}
