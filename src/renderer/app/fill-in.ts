export type TextValues = Readonly<Record<string, string | number | boolean>>;

/** Stands in for a value that a failure did not bring; texts choose their wording by it: `{x, select, unknown {} …}`. */
export const UNKNOWN = 'unknown';

/** Names of the arguments of an ICU message. */
export function argumentsOf(message: string): string[] {
  return [...new Set([...message.matchAll(/\{\s*(\w+)\s*[,}]/g)].map((m) => m[1]!))].filter((name) =>
    new RegExp(`\\{\\s*${name}\\s*(?:\\}|,\\s*(?:select|plural|number|date|time|selectordinal)\\b)`).test(
      message,
    ),
  );
}

/** The values with every argument of the message present, so that formatting never fails for want of one. */
export function fillIn(message: string, values: TextValues): Record<string, string | number> {
  const filled: Record<string, string | number> = {};
  for (const name of argumentsOf(message)) filled[name] = UNKNOWN;
  for (const [name, value] of Object.entries(values)) {
    filled[name] = typeof value === 'boolean' ? String(value) : value;
  }
  return filled;
}
