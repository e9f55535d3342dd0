import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { filesInTheClear } from '../support/clear-text.ts';
import { PROJECT } from '../support/cli.ts';
import { describeWithPeers } from '../support/peers.ts';

let cwd: string;

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${status}\n${stdout}${stderr}`);
  return stdout;
}

/** Runs the demo in a folder of the test's own; answers the folder that it names. */
function demo(): { folder: string; output: string } {
  const { status, stdout, stderr } = spawnSync('node', [path.join(PROJECT, 'src/cli/demo.ts')], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, COUNTER_LANG: 'en' },
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const named = /Done\. See (\S+)/.exec(stdout)?.[1];
  return { folder: path.join(cwd, named ?? 'not named'), output: stdout };
}

/** Names and hashes of all files below a folder. */
function fingerprint(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
  return Object.fromEntries(
    files.map((e) => {
      const file = path.join(e.parentPath, e.name);
      return [path.relative(folder, file), sha256(file)];
    }),
  );
}

const sha256 = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

describeWithPeers(['pdfsig', 'certutil', 'qpdf'], 'npm run demo', () => {
  let folder: string;
  let output: string;
  let components: string[];

  beforeAll(() => {
    cwd = mkdtempSync(path.join(os.tmpdir(), 'counter-demo-'));
    ({ folder, output } = demo());
    components = readdirSync(path.join(folder, 'components')).map((n) => path.join(folder, 'components', n));
  });
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));

  it('shows progress and leaves the dossier, its components, the slip and the province’s record', () => {
    expect(output.match(/kept a page/g)).toHaveLength(5);
    expect(readdirSync(folder)).toEqual(
      expect.arrayContaining(['components', 'dossier.json', 'province', 'slip.pdf']),
    );
    expect(components).toHaveLength(2);
    const dossier = JSON.parse(readFileSync(path.join(folder, 'dossier.json'), 'utf8'));
    expect(dossier).toMatchObject({ delivery: 'sent', code: { kind: 'official' } });
    const record = JSON.parse(readFileSync(path.join(folder, 'province/record.json'), 'utf8'));
    expect(record.record.MaHoSo).toBe(dossier.code.value);
  });

  it('pdfsig trusts every component with the demo’s root', () => {
    const nss = path.join(folder, 'nss');
    run('mkdir', ['-p', nss]);
    run('certutil', ['-N', '-d', nss, '--empty-password']);
    run('certutil', [
      '-A',
      '-d',
      nss,
      '-n',
      'root',
      '-t',
      'C,C,C',
      '-i',
      path.join(folder, 'trust/root.pem'),
    ]);
    for (const file of components) {
      const report = run('pdfsig', ['-nssdir', nss, file]);
      expect(report).toContain('Signature is Valid.');
      expect(report).toContain('Certificate is Trusted.');
      expect(report).toContain('Total document signed');
    }
    rmSync(nss, { recursive: true });
  });

  it('qpdf finds no error in any PDF', () => {
    for (const file of [...components, path.join(folder, 'slip.pdf')]) run('qpdf', ['--check', file]);
  });

  it('pdftotext gives back the signature’s text: name, and ISO 8601 time at +07:00', () => {
    for (const file of components) {
      const text = run('pdftotext', [file, '-']);
      expect(text).toContain('Người ký: Nông Thị Mẫu');
      expect(text).toMatch(/Thời gian ký: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00/);
    }
  });

  it('the province stored each file under its hash', () => {
    const record = JSON.parse(readFileSync(path.join(folder, 'province/record.json'), 'utf8'));
    const stored = record.files.map((f: { HashTepTin: string }) => f.HashTepTin).sort();
    expect(components.map(sha256).sort()).toEqual(stored);
  });

  it('a second run does not disturb the first', () => {
    const before = fingerprint(folder);
    const second = demo();
    expect(second.folder).not.toBe(folder);
    expect(fingerprint(folder)).toEqual(before);
  });

  it('nothing of the dossier lies unencrypted in the data folder', () => {
    // The configuration names the clerk, and on purpose: an admin edits it.
    expect(filesInTheClear(path.join(folder, 'data'), ['Nông Thị Mẫu'], ['counter.json'])).toEqual([]);
    // The check itself finds what lies in the clear.
    expect(filesInTheClear(path.join(folder, 'components'), [])).toHaveLength(2);
  });
});
