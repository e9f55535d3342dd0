import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe } from 'vitest';

/** The real programs that judge this project, each with the Debian package that gives it. */
const FONTS = ['liberation2', 'liberation'].map(
  (folder) => `/usr/share/fonts/truetype/${folder}/LiberationSans-Regular.ttf`,
);

export const PEERS = {
  scanimage: { package: 'sane-utils', present: () => onPath('scanimage') },
  airscan: {
    package: 'sane-airscan',
    present: () =>
      ['x86_64', 'aarch64'].some((a) => existsSync(`/usr/lib/${a}-linux-gnu/sane/libsane-airscan.so.1`)),
  },
  softhsm: { package: 'softhsm2', present: () => onPath('softhsm2-util') },
  'pkcs11-tool': { package: 'opensc', present: () => onPath('pkcs11-tool') },
  'opensc-pkcs11': {
    package: 'opensc-pkcs11',
    present: () => ['x86_64', 'aarch64'].some((a) => existsSync(`/usr/lib/${a}-linux-gnu/opensc-pkcs11.so`)),
  },
  /** A card reader without hardware: its driver is fed over a socket. */
  pcscd: { package: 'pcscd', present: () => onPath('pcscd') },
  vpcd: {
    package: 'vsmartcard-vpcd',
    present: () => existsSync('/usr/lib/pcsc/drivers/serial/libifdvpcd.so'),
  },
  pdfsig: { package: 'poppler-utils', present: () => onPath('pdfsig') },
  certutil: { package: 'libnss3-tools', present: () => onPath('certutil') },
  mutool: { package: 'mupdf-tools', present: () => onPath('mutool') },
  qpdf: { package: 'qpdf', present: () => onPath('qpdf') },
  openssl: { package: 'openssl', present: () => onPath('openssl') },
  chromium: { package: 'chromium', present: () => onPath('chromium') },
  /** What the browser writes Vietnamese with, and what the pictures of the screen are measured by. */
  fonts: { package: 'fonts-liberation2', present: () => FONTS.some((file) => existsSync(file)) },
  /** What the PDF writer is measured against. */
  img2pdf: { package: 'img2pdf', present: () => onPath('img2pdf') },
  /** What the page pipeline is measured against. */
  unpaper: { package: 'unpaper', bench: true, present: () => onPath('unpaper') },
  ocrmypdf: { package: 'ocrmypdf', bench: true, present: () => onPath('ocrmypdf') },
  /** Pairs of pseudo-terminals, for a serial reader. */
  socat: { package: 'socat', present: () => onPath('socat') },
  /** Makes the HEIC files that phones would send. */
  'heif-enc': { package: 'libheif-examples', present: () => onPath('heif-enc') },
  /** What reading is measured against. */
  tesseract: { package: 'tesseract-ocr', present: () => onPath('tesseract') },
  'tesseract-vie': {
    package: 'tesseract-ocr-vie',
    present: () =>
      ['5', '4.00'].some((v) => existsSync(`/usr/share/tesseract-ocr/${v}/tessdata/vie.traineddata`)),
  },
  /** Judges workbooks; a module of the system's own Python. */
  openpyxl: {
    package: 'python3-openpyxl',
    present: () => spawnSync('/usr/bin/python3', ['-c', 'import openpyxl']).status === 0,
  },
  ps: { package: 'procps', present: () => onPath('ps') },
  ippeveprinter: { package: 'cups-ipp-utils', present: () => onPath('ippeveprinter') },
  /** A print server, and a printer of it that makes PDFs. */
  cupsd: { package: 'cups', present: () => existsSync('/usr/sbin/cupsd') && onPath('lpadmin') },
  'cups-pdf': {
    package: 'printer-driver-cups-pdf',
    present: () => existsSync('/usr/lib/cups/backend/cups-pdf'),
  },
  unshare: { package: 'util-linux', present: () => onPath('unshare') },
  pdftotext: { package: 'poppler-utils', present: () => onPath('pdftotext') },
  pdfinfo: { package: 'poppler-utils', present: () => onPath('pdfinfo') },
  /** What ippeveprinter registers itself with, in a network namespace of its own. */
  avahi: { package: 'avahi-daemon', present: () => onPath('avahi-daemon') },
  dbus: { package: 'dbus-daemon', present: () => onPath('dbus-daemon') },
  ip: { package: 'iproute2', present: () => onPath('ip') },
} as const;

export type Peer = keyof typeof PEERS;

function onPath(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** Peers among `names` that this machine lacks. */
export function missingPeers(names: readonly Peer[]): Peer[] {
  return names.filter((name) => !PEERS[name].present());
}

export function packageOf(peer: Peer): string {
  return PEERS[peer].package;
}

/**
 * A suite that needs real peers. Where one is missing the suite is skipped and says so in its name;
 * with CI=true a missing peer fails the run.
 */
export function describeWithPeers(names: readonly Peer[], title: string, body: () => void): void {
  const missing = missingPeers(names);
  if (missing.length === 0) {
    describe(title, body);
    return;
  }
  const what = missing.map((m) => `${m} (Debian package ${PEERS[m].package})`).join(', ');
  if (process.env.CI === 'true') throw new Error(`CI lacks ${what}, needed by: ${title}`);
  describe.skip(`${title} [missing: ${what}]`, body);
}
