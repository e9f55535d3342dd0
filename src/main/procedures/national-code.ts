const NATIONAL = /^\d\.\d{6}(?:\.|$)/;

/**
 * The first eight characters where the code is a national one with or without a province's suffix, else the code
 * (facts §3.4: `2.000815.000.00.00.H55` is `2.000815`).
 */
export function nationalCode(code: string): string {
  const trimmed = code.trim();
  return NATIONAL.test(trimmed) ? trimmed.slice(0, 8) : trimmed;
}

export function isNationalCode(code: string): boolean {
  return NATIONAL.test(code);
}
