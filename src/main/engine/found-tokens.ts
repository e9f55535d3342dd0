import type { SigningKeyInfo } from '../../contract/model.ts';
import { findModules, type ModuleListing, probeModules } from '../signing/keys/modules.ts';
import type { TokenHost } from '../signing/keys/token-host/client.ts';
import type { Log } from './log.ts';

/**
 * Tokens that the known makers' modules on this computer show now, without anything configured. No PIN is near, and
 * each token is offered through one module only: a PIN never goes to a second one. A module that hung or crashed is not
 * asked again while the program runs.
 */
export function createTokenFinder(parts: {
  readonly listing: ModuleListing;
  readonly host: TokenHost;
  readonly log: Log;
}): () => Promise<SigningKeyInfo[]> {
  const { listing, host, log } = parts;
  const broken = new Set<string>();

  return async () => {
    const modules = (await findModules(listing))
      .filter(({ file, loadable, use }) => loadable && use !== 'test' && !broken.has(file))
      .map(({ file }) => file);
    if (modules.length === 0) return [];
    const report = await probeModules(host, modules);
    for (const { file, failure } of report.modules) {
      if (!failure) continue;
      broken.add(file);
      log.warn({ module: file, code: failure.code }, 'a token module failed and is left out');
    }
    return report.tokens.map(({ token, modules: [file] }) => ({
      uri: addressOf(file!, token.label, token.serial),
      label: token.label,
      kind: 'pkcs11' as const,
      pinState: token.pinState,
    }));
  };
}

function addressOf(module: string, label: string, serial: string): string {
  const query = [
    ...(label === '' ? [] : [`token=${encodeURIComponent(label)}`]),
    ...(serial === '' ? [] : [`serial=${encodeURIComponent(serial)}`]),
  ];
  return `pkcs11:${module}?${query.join('&')}`;
}
