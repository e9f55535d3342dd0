import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VerificationReport } from '../../../src/contract/verification.ts';
import { writeScannedPdf } from '../../../src/main/pdf/scanned-pdf.ts';
import { generatePaper } from '../../../src/simulators/scanner/index.ts';
import { startAuthorities, type TestAuthorities } from '../../support/authorities.ts';
import { PROJECT, runCounter } from '../../support/cli.ts';
import { describeWithPeers } from '../../support/peers.ts';
import { PASSWORD, type TestPki, testPki } from '../../support/pki.ts';

let folder: string;
let pki: TestPki;
let plain: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'counter-sign-'));
  pki = await testPki();
  plain = path.join(folder, 'plain.pdf');
  const paper = await generatePaper({ seed: 5, kind: 'request', dpi: 100 });
  await writeScannedPdf({
    path: plain,
    pages: (async function* () {
      yield { image: paper.jpeg, dpi: 100 };
    })(),
    title: 'Đơn đề nghị',
    createdAt: new Date(),
    producer: 'test',
    icc: readFileSync(path.join(PROJECT, 'resources/icc/sRGB.icc')),
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const target = (name: string) => path.join(folder, name);

describe('counter sign and verify with a PKCS#12 file', () => {
  const key = () => `pkcs12:${pki.signers.rsa.p12File}`;

  it('signs with the password from standard input, and the result verifies against the root', async () => {
    const signed = target('p12.pdf');
    const sign = await runCounter(
      ['sign', '--in', plain, '--out', signed, '--key', key(), '--pin-stdin', '--json'],
      {
        input: `${PASSWORD}\n`,
      },
    );
    expect(sign.stderr + sign.stdout).not.toContain(PASSWORD);
    expect(sign.status).toBe(0);
    const verify = await runCounter(['verify', signed, '--trust', pki.rootFile, '--offline', '--json']);
    expect(verify.status).toBe(0);
    const report = JSON.parse(verify.stdout);
    expect(report).toMatchObject({ passed: true });
    expect(report.files[0].signatures[0]).toMatchObject({
      indication: 'TOTAL-PASSED',
      signer: { name: 'Nông Thị Mẫu' },
      revocation: 'not-checked',
    });
  });

  it('signs a batch with one password', async () => {
    const second = target('second.pdf');
    writeFileSync(second, readFileSync(plain));
    const out = target('batch');
    mkdirSync(out, { recursive: true });
    const args = [
      'sign',
      '--in',
      plain,
      '--in',
      second,
      '--out-dir',
      out,
      '--key',
      key(),
      '--pin-stdin',
      '--json',
    ];
    const { status, stdout } = await runCounter(args, { input: `${PASSWORD}\n` });
    expect(status).toBe(0);
    expect(JSON.parse(stdout).signed).toHaveLength(2);
    const all = readdirSync(out).map((name) => path.join(out, name));
    expect((await runCounter(['verify', ...all, '--trust', pki.rootFile, '--offline'])).status).toBe(0);
  });

  it('says that the password is wrong, exits 1 and leaves no output', async () => {
    const signed = target('never.pdf');
    const { status, stderr } = await runCounter(
      ['sign', '--in', plain, '--out', signed, '--key', key(), '--pin-stdin'],
      { input: 'not it\n' },
    );
    expect(status).toBe(1);
    expect(stderr).toContain('PKCS12_PASSWORD_WRONG');
    expect(stderr).not.toContain('not it');
    expect(existsSync(signed)).toBe(false);
  });

  it('does not pass a file whose signer no given root vouches for, nor an unsigned one', async () => {
    const signed = target('p12.pdf');
    const strangerFile = target('stranger.pem');
    writeFileSync(strangerFile, new X509Certificate(pki.strangerRoot).toString());
    const stranger = await runCounter(['verify', signed, '--trust', strangerFile, '--offline', '--json']);
    expect(stranger.status).toBe(1);
    expect(JSON.parse(stranger.stdout).files[0].signatures[0].indication).toBe('INDETERMINATE');
    expect((await runCounter(['verify', plain, '--trust', pki.rootFile, '--offline'])).status).toBe(1);
  });

  it('fails a file in which one covered byte was changed', async () => {
    const bytes = readFileSync(target('p12.pdf'));
    bytes[2000]! ^= 1;
    const tampered = target('tampered.pdf');
    writeFileSync(tampered, bytes);
    const { status, stdout } = await runCounter([
      'verify',
      tampered,
      '--trust',
      pki.rootFile,
      '--offline',
      '--json',
    ]);
    expect(status).toBe(1);
    expect(JSON.parse(stdout).files[0].signatures[0].indication).toBe('TOTAL-FAILED');
  });

  it.each(['B-T', 'B-LT', 'B-LTA'])(
    'refuses level %s where no authority is named, before the key is asked',
    async (level) => {
      const args = ['sign', '--in', plain, '--out', target('x.pdf'), '--key', key(), '--level', level];
      const { status, stderr } = await runCounter(args);
      expect(status).toBe(1);
      expect(stderr).toContain('SIGNATURE_LEVEL_UNSUPPORTED');
      expect(existsSync(target('x.pdf'))).toBe(false);
    },
  );
});

describeWithPeers(['softhsm', 'pkcs11-tool'], 'counter sign with SoftHSM2', () => {
  const PIN = 'ma-pin-2468';
  const module = '/usr/lib/softhsm/libsofthsm2.so';
  let env: Record<string, string>;

  beforeAll(() => {
    const tokens = target('tokens');
    mkdirSync(tokens);
    const conf = target('softhsm2.conf');
    writeFileSync(conf, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
    env = { SOFTHSM2_CONF: conf };
    const run = (program: string, args: string[]) => {
      const { status, stderr } = spawnSync(program, args, {
        env: { ...process.env, ...env },
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(`${program}: ${stderr}`);
    };
    run('softhsm2-util', [
      '--init-token',
      '--free',
      '--label',
      'counter',
      '--so-pin',
      '87654321',
      '--pin',
      PIN,
    ]);
    const keyFile = pki.signers.rsa.keyFile;
    run('softhsm2-util', [
      '--import',
      keyFile,
      '--token',
      'counter',
      '--label',
      'clerk',
      '--id',
      '01',
      '--pin',
      PIN,
    ]);
    for (const [id, bytes] of [
      ['01', pki.signers.rsa.certificate],
      ['02', pki.issuing],
    ] as const) {
      const file = target(`certificate-${id}.der`);
      writeFileSync(file, bytes);
      run('pkcs11-tool', [
        ...['--module', module, '--token-label', 'counter', '--login', '--pin', PIN],
        ...['--write-object', file, '--type', 'cert', '--id', id, '--label', `certificate ${id}`],
      ]);
    }
  });

  const args = (signed: string) => [
    ...['sign', '--in', plain, '--out', signed, '--key', `pkcs11:${module}?token=counter`],
    ...['--pin-stdin', '--json'],
  ];

  /** Command line and environment of every process of ours, read again and again while the command runs. */
  function watch(): { seen: () => string; stop: () => void } {
    const texts = new Set<string>();
    const look = () => {
      for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
        for (const name of ['cmdline', 'environ']) {
          try {
            texts.add(readFileSync(`/proc/${pid}/${name}`, 'utf8'));
          } catch {
            // The process ended in between.
          }
        }
      }
    };
    const timer = setInterval(look, 20);
    return { seen: () => [...texts].join('\n'), stop: () => clearInterval(timer) };
  }

  it('signs, verifies, and the PIN is in no process list, environment or output', async () => {
    const signed = target('token.pdf');
    const watching = watch();
    const sign = await runCounter(args(signed), { input: `${PIN}\n`, env });
    watching.stop();
    expect(sign.stderr).toContain(path.basename(signed));
    expect(sign.status).toBe(0);
    expect(watching.seen()).toContain('token-host');
    expect(watching.seen()).not.toContain(PIN);
    expect(sign.stdout + sign.stderr).not.toContain(PIN);
    expect((await runCounter(['verify', signed, '--trust', pki.rootFile, '--offline'])).status).toBe(0);
  });

  it('a wrong PIN is named as such and leaves no output', async () => {
    const signed = target('token-never.pdf');
    const { status, stdout } = await runCounter(args(signed), { input: 'wrong-pin\n', env });
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'TOKEN_PIN_WRONG' } });
    expect(existsSync(signed)).toBe(false);
  });

  it('a module that is not there and a token that is not there are told apart', async () => {
    const missing = await runCounter(
      [
        'sign',
        '--in',
        plain,
        '--out',
        target('x.pdf'),
        '--key',
        'pkcs11:/nowhere/lib.so?token=counter',
        '--json',
      ],
      { env },
    );
    expect(JSON.parse(missing.stdout).error.code).toBe('TOKEN_MODULE_MISSING');
    const absent = await runCounter(
      ['sign', '--in', plain, '--out', target('x.pdf'), '--key', `pkcs11:${module}?token=other`, '--json'],
      { env },
    );
    expect(JSON.parse(absent.stdout).error.code).toBe('TOKEN_NOT_PRESENT');
  });
});

describeWithPeers(['openssl'], 'counter sign and raise with authorities', () => {
  let authorities: TestAuthorities;
  let common: string[];

  beforeAll(async () => {
    authorities = await startAuthorities();
    const hosts = target('hosts.json');
    writeFileSync(hosts, JSON.stringify({ version: 1, hosts: authorities.hostMap }));
    common = ['--tsa', authorities.urls.tsa, '--trust', authorities.rootFile, '--hosts', hosts];
  });
  afterAll(() => authorities.close());

  const run = async (args: string[]) => {
    const done = await runCounter([...args, '--json'], { input: `${PASSWORD}\n` });
    expect(done.stderr).not.toContain('Error');
    expect(done.status).toBe(0);
    return JSON.parse(done.stdout);
  };
  const signing = (name: 'ec' | 'rsa', out: string) => [
    ...['sign', '--in', plain, '--out', out, '--pin-stdin'],
    ...['--key', `pkcs12:${authorities.signers[name].p12File}`],
  ];
  const verified = async (file: string) => {
    const args = ['verify', file, '--trust', authorities.rootFile, '--offline'];
    return run(args) as Promise<VerificationReport & { files: VerificationReport[] }>;
  };

  it('reaches every level at once, by any hash and padding', async () => {
    for (const [level, ...use] of [
      ['B-T', '--hash', 'sha512'],
      ['B-LT', '--rsa', 'pss', '--hash', 'sha384'],
      ['B-LTA'],
    ]) {
      const out = target(`${level}.pdf`);
      const { signed } = await run([...signing('rsa', out), '--level', level!, ...use, ...common]);
      expect(signed[0]).toMatchObject({ level, field: 'DigitisedComponent1' });
      const { files } = await verified(out);
      expect(files[0]!.signatures[0]).toMatchObject({ level, indication: 'TOTAL-PASSED' });
    }
  });

  it('raises what was signed without a network, step by step, and renews its archive time stamp', async () => {
    const file = target('ladder.pdf');
    await run([...signing('ec', file), '--certify', '2']);
    for (const level of ['B-T', 'B-LT', 'B-LTA']) {
      const raised = await run(['raise', '--in', file, '--out', file, '--level', level, ...common]);
      expect(raised).toMatchObject({ level, unproven: [] });
    }
    await run(['raise', '--in', file, '--out', file, '--renew', ...common]);
    const { files } = await verified(file);
    expect(files[0]!.signatures.map((s) => s.type)).toEqual([
      ...['signature', 'document-timestamp', 'document-timestamp'],
    ]);
    expect(files[0]).toMatchObject({ indication: 'TOTAL-PASSED' });
    expect(files[0]!.signatures[0]).toMatchObject({ level: 'B-LTA', certifies: 2 });
  });
});
