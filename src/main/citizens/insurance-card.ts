/**
 * The line of a health insurance card (thẻ BHYT): number, name and address as hexadecimal UTF-8, birth, gender 1 or 2.
 * It is not an identity card; a gun reads it all the same, and the clerk is told which card she holds (facts §7).
 */
export function isInsuranceLine(text: string): boolean {
  const [number, name, birth, gender, ...rest] = text
    .replace(/^\ufeff/, '')
    .trim()
    .split('|');
  return (
    rest.length >= 3 &&
    // Two letters of the group of insured and thirteen digits; ten digits on cards since 2021.
    /^(?:[A-Z]{2}\d{13}|\d{10})$/.test(number ?? '') &&
    /^(?:[0-9a-fA-F]{2})+$/.test(name ?? '') &&
    /^(?:\d{2}\/\d{2}\/)?\d{4}$/.test(birth ?? '') &&
    /^[12]$/.test(gender ?? '')
  );
}
