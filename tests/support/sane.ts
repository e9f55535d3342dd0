import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A private SANE configuration with the test backend alone (two devices), wide enough for A4. */
export function saneTestConfig(folder: string): string {
  const config = path.join(folder, 'sane');
  mkdirSync(config, { recursive: true });
  writeFileSync(path.join(config, 'dll.conf'), 'test\n');
  const shipped = readFileSync('/etc/sane.d/test.conf', 'utf8');
  writeFileSync(path.join(config, 'test.conf'), shipped.replace(/^geometry_max.*$/m, 'geometry_max 420'));
  return config;
}
