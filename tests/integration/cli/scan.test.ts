import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCounter } from '../../support/cli.ts';
import { describeWithPeers } from '../../support/peers.ts';
import { saneTestConfig } from '../../support/sane.ts';

let folder: string;
let out: string;
let env: Record<string, string>;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'counter-scan-'));
  out = path.join(folder, 'pages');
  env = { SANE_CONFIG_DIR: saneTestConfig(folder) };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** scanimage as it behaves when paper jams after `good` sheets: whole pages, then a cut one, then exit 6. */
function jamAfter(good: number): string {
  const program = path.join(folder, 'scanimage-jams');
  writeFileSync(
    program,
    `#!/bin/sh
case "$*" in
  *--batch*) ;;
  *) exec scanimage "$@" ;;
esac
scanimage "$@" --batch-count=${good} || exit $?
for a in "$@"; do case "$a" in --batch=*) pattern=\${a#--batch=} ;; esac; done
last=$(printf "$pattern" ${good})
next=$(printf "$pattern" ${good + 1})
head -c 5000 "$last" > "$next.part"
echo "scanimage: sane_read: Document feeder jammed" >&2
exit 6
`,
  );
  chmodSync(program, 0o755);
  return program;
}

const pages = () => (existsSync(out) ? readdirSync(out).sort() : []);

describeWithPeers(['scanimage'], 'counter scan with the test backend', () => {
  const base = ['scan', '--device', 'sane:test:0', '--source', 'adf', '--dpi', '75'];

  it('leaves the feeder’s ten pages, each a whole JPEG', async () => {
    const { status, stdout, stderr } = await runCounter([...base, '--out', out, '--json'], { env });
    expect(stderr).toContain('Đã quét trang 10');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ pages: 10 });
    expect(pages()).toEqual(
      Array.from({ length: 10 }, (_, i) => `page-${String(i + 1).padStart(4, '0')}.jpg`),
    );
    for (const page of pages()) {
      const bytes = readFileSync(path.join(out, page));
      expect(bytes.subarray(0, 2).toString('hex')).toBe('ffd8');
      expect(bytes.subarray(-2).toString('hex')).toBe('ffd9');
    }
  });

  it('a jam after three sheets exits 1, names the jam, keeps the three and no half page', async () => {
    const jams = { ...env, COUNTER_SCANIMAGE: jamAfter(3) };
    const { status, stdout, stderr } = await runCounter([...base, '--out', out, '--json'], { env: jams });
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'SCANNER_JAMMED' } });
    expect(stderr).toContain('SCANNER_JAMMED');
    expect(stderr).toMatch(/kẹt giấy/i);
    expect(stderr).toContain('3 trang');
    expect(pages()).toEqual(['page-0001.jpg', 'page-0002.jpg', 'page-0003.jpg']);
  });

  it('a jam that the backend reports at once leaves nothing', async () => {
    const jam = ['scan', '--device', 'sane:test:0?read-return-value=SANE_STATUS_JAMMED', '--source', 'adf'];
    const { status, stderr } = await runCounter([...jam, '--out', out], { env });
    expect(status).toBe(1);
    expect(stderr).toContain('SCANNER_JAMMED');
    expect(pages()).toEqual([]);
  });

  it('never overwrites pages that lie there already', async () => {
    const platen = ['scan', '--device', 'sane:test:0', '--source', 'platen', '--dpi', '75', '--out', out];
    expect((await runCounter(platen, { env })).status).toBe(0);
    const before = readFileSync(path.join(out, 'page-0001.jpg'));
    const again = await runCounter(platen, { env });
    expect(again.status).toBe(1);
    expect(again.stderr).toContain('FILE_EXISTS');
    expect(readFileSync(path.join(out, 'page-0001.jpg')).equals(before)).toBe(true);
    expect(pages()).toEqual(['page-0001.jpg']);
  });

  it.each([
    [['--device', 'ftp://x', '--out', 'x'], 1, 'SCANNER_URI_INVALID'],
    [['--out', 'x'], 2, '--device'],
    [['--device', 'sane:test:0'], 2, '--out'],
    [['--device', 'sane:test:0', '--out', 'x', '--source', 'roof'], 2, '--source'],
    [['--device', 'sane:test:0', '--out', 'x', '--dpi', 'many'], 2, '--dpi'],
    [['--device', 'sane:test:0', '--out', 'x', '--colour'], 2, '--colour'],
  ])('scan %j exits %i and says %s', async (args, exit, words) => {
    const safe = args.map((a) => (a === 'x' ? out : a));
    const { status, stderr } = await runCounter(['scan', ...safe], { env });
    expect(status).toBe(exit);
    expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/\bat .*\.ts:\d+/);
  });
});
