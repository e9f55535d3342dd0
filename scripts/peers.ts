import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { PEERS, type Peer } from '../tests/support/peers.ts';

/** What the tests need; the benches fetch what they measure against by themselves. */
const OF_TESTS = (Object.keys(PEERS) as Peer[]).filter((name) => !('bench' in PEERS[name]));

/** Peers among `names` that this machine lacks, after trying to install them where that is possible (root on Debian or Ubuntu). */
export function providePeers(names: readonly Peer[] = OF_TESTS): Peer[] {
  const missing = () => names.filter((name) => !PEERS[name].present());
  if (missing().length === 0 || !canInstall()) return missing();
  const packages = [...new Set(missing().map((name) => PEERS[name].package))];
  console.log(`installing Debian packages: ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = (args: string[]) => spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env });
  run(['update', '-qq']);
  run(['install', '-y', '-qq', '--no-install-recommends', ...packages]);
  return missing();
}

function canInstall(): boolean {
  if (process.getuid?.() !== 0 || !existsSync('/etc/os-release')) return false;
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'));
}
