import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signBatch } from '../../../src/cli/batch.ts';
import { createLog } from '../../../src/main/engine/log.ts';
import { forkHost } from '../../../src/main/signing/keys/token-host/channel.ts';
import { describeWithPeers } from '../../support/peers.ts';
import { testPki } from '../../support/pki.ts';
import { FORM, papers, refusal, startCounter, type TestCounter } from './support/counter.ts';

const MODULE = '/usr/lib/softhsm/libsofthsm2.so';
const PIN = '60417358';
const WRONG = '83526140';
const LABEL = 'counter-engine';

describeWithPeers(['softhsm', 'pkcs11-tool', 'openssl'], 'signing a dossier with a token', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'counter-token-'));
  const conf = path.join(folder, 'softhsm2.conf');
  const logFile = path.join(folder, 'engine.log');
  const key = `pkcs11:${MODULE}?token=${LABEL}`;
  let counter: TestCounter;
  let dossierId: string;

  function tool(program: string, ...args: string[]): void {
    const run = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, SOFTHSM2_CONF: conf } });
    if (run.status !== 0) throw new Error(`${program}: ${run.stderr}${run.stdout}`);
  }

  beforeAll(async () => {
    mkdirSync(path.join(folder, 'tokens'));
    writeFileSync(conf, `directories.tokendir = ${path.join(folder, 'tokens')}\nlog.level = ERROR\n`);
    const { ec } = (await testPki()).signers;
    const der = path.join(folder, 'signer.der');
    writeFileSync(der, ec.certificate);
    tool('softhsm2-util', '--init-token', '--free', '--label', LABEL, '--so-pin', '12345678', '--pin', PIN);
    const object = ['--label', 'key', '--id', '01'];
    tool('softhsm2-util', '--import', ec.keyFile, '--token', LABEL, '--pin', PIN, ...object);
    const login = ['--module', MODULE, '--token-label', LABEL, '--login', '--pin', PIN];
    tool('pkcs11-tool', ...login, '--write-object', der, '--type', 'cert', ...object);

    counter = await startCounter({ config: { keys: [key] }, log: createLog(logFile) });
    await counter.restart({ launchTokenHost: () => forkHost({ env: { SOFTHSM2_CONF: conf } }) });
    dossierId = (await counter.draft()).id;
    counter.scanner.control.loadFeeder(await papers(2));
    await counter.scan(dossierId, FORM);
  });
  afterAll(async () => {
    await counter.stop();
    rmSync(folder, { recursive: true });
  });

  const sign = (pin: string) => signBatch(counter.client(), { dossierIds: [dossierId], key, pin });
  const form = async () => (await counter.call('dossiers.get', { dossierId })).components[0]!;

  it('offers the token without its PIN', async () => {
    expect(await counter.call('keys.list', {})).toMatchObject([{ uri: key, kind: 'pkcs11', pinState: 'ok' }]);
  });

  it('with a wrong PIN signs nothing, with the right one it does, and no PIN is in the log', async () => {
    expect((await refusal(sign(WRONG))).code).toBe('TOKEN_PIN_WRONG');
    expect((await form()).signature).toBeNull();
    expect(readdirSync(path.join(counter.dataDir, 'workspace'))).toEqual([]);
    await sign(PIN);
    expect((await form()).signature).toMatchObject({ pages: 2 });
    const log = readFileSync(logFile, 'utf8');
    expect(log).toContain('TOKEN_PIN_WRONG');
    for (const pin of [PIN, WRONG]) expect(log).not.toContain(pin);
  });
});
