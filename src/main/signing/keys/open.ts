import path from 'node:path';
import { CounterError } from '../../../contract/errors.ts';
import type { KeySource } from '../port.ts';
import { type Pkcs11Address, type Pkcs11Deps, pkcs11Source } from './pkcs11.ts';
import { pkcs12Source } from './pkcs12.ts';

export type KeyDeps = Pkcs11Deps;

const MAX_URI = 4096;
const PKCS11_PARAMETERS: readonly string[] = ['token', 'serial', 'id'];

/**
 * The source of keys that an address names:
 * - `pkcs12:FILE`
 * - `pkcs11:MODULE?token=LABEL` and/or `serial=SERIAL`, with `id=HEX` where the token holds several keys;
 *   values are percent-encoded.
 *
 * - `windows:…`, Windows' certificate store, is planned behind the same port (docs/signing-keys.md) and refused with the
 *   reason `not-on-this-system`.
 *
 * Nothing is opened yet. Throws KEY_SOURCE_INVALID with a reason.
 */
export function openKeySource(uri: string, deps: KeyDeps): KeySource {
  const colon = uri.indexOf(':');
  const rest = uri.slice(colon + 1);
  const scheme = colon < 0 ? '' : uri.slice(0, colon).toLowerCase();
  if (uri.length > MAX_URI || uri.includes('\0')) throw invalid('characters');
  if (rest === '') throw invalid('empty');
  if (scheme === 'pkcs12') return pkcs12Source(rest, deps);
  if (scheme === 'pkcs11') return pkcs11Source(parsePkcs11(uri, rest), deps);
  if (scheme === 'windows') throw invalid('not-on-this-system');
  throw invalid('scheme');
}

function parsePkcs11(uri: string, rest: string): Pkcs11Address {
  const question = rest.lastIndexOf('?');
  const module = question < 0 ? rest : rest.slice(0, question);
  const parameters = new URLSearchParams(question < 0 ? '' : rest.slice(question + 1).replaceAll('+', '%2B'));
  for (const name of parameters.keys()) {
    if (!PKCS11_PARAMETERS.includes(name) || parameters.getAll(name).length > 1) throw invalid('parameter');
  }
  const token = { label: parameters.get('token') || null, serial: parameters.get('serial') || null };
  const keyId = parameters.get('id')?.toLowerCase() ?? null;
  if (module === '') throw invalid('module');
  if (token.label === null && token.serial === null) throw invalid('token');
  if (keyId !== null && !/^([0-9a-f]{2}){1,64}$/.test(keyId)) throw invalid('id');
  // A bare name would let the loader search its own folders.
  return { uri, module: path.resolve(module), token, keyId };
}

function invalid(reason: string): CounterError {
  return new CounterError('KEY_SOURCE_INVALID', { reason });
}
