/**
 * A file name that every file system and the province take; the paper's own name travels in the record. `kept` is the
 * place of a kept file among those of its component, from 1; 0 = the pages.
 */
export function documentName(componentId: string, kept: number): string {
  const name = componentId.replaceAll(/[^A-Za-z0-9._-]/g, '-');
  return kept === 0 ? `${name}.pdf` : `${name}-${kept}.pdf`;
}
