import { createHash } from 'node:crypto';

/**
 * JSON with the keys of every object sorted by UTF-16 code units and no white space (RFC 8785 for the values that
 * occur here: objects, arrays, strings). Kept apart from the counter's own writer on purpose: the two sides of a
 * hash comparison must not share code.
 */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

/** Lower-case hexadecimal SHA-256 of the canonical JSON, as UTF-8. */
export function canonicalSha256(value: unknown): string {
  return createHash('sha256').update(canonical(value), 'utf8').digest('hex');
}
