import {
  concatTransformationMatrix,
  drawObject,
  PDFArray,
  PDFDict,
  PDFName,
  PDFNumber,
  type PDFPage,
  PDFRef,
  PDFStream,
  popGraphicsState,
  pushGraphicsState,
} from 'pdf-lib';

const HIDDEN = 1 << 1;
const PRINT = 1 << 2;
const MOST = 10_000;

/**
 * Draws what the annotations of a page show into the page itself, as a printer would (ISO 32000-1 §12.5.5): a page that
 * is put on another sheet would else lose its seals and signatures.
 */
export function drawAnnotations(page: PDFPage): void {
  const annotations = page.node.Annots();
  if (!annotations) return;
  for (let i = 0; i < Math.min(annotations.size(), MOST); i++) {
    const annotation = annotations.lookup(i);
    if (annotation instanceof PDFDict) draw(page, annotation);
  }
}

function draw(page: PDFPage, annotation: PDFDict): void {
  const flags = numberAt(annotation, 'F') ?? 0;
  if ((flags & HIDDEN) !== 0 || (flags & PRINT) === 0) return;
  const found = appearanceOf(annotation);
  const rect = numbersAt(annotation, 'Rect');
  if (!found || rect?.length !== 4) return;
  const form = found.stream.dict;
  const box = numbersAt(form, 'BBox');
  if (box?.length !== 4) return;
  const matrix = numbersAt(form, 'Matrix') ?? [1, 0, 0, 1, 0, 0];
  if (matrix.length !== 6) return;
  const [a, b, c, d, e, f] = matrix as [number, number, number, number, number, number];
  const corners = [
    [box[0]!, box[1]!],
    [box[2]!, box[1]!],
    [box[0]!, box[3]!],
    [box[2]!, box[3]!],
  ].map(([x, y]) => [a * x! + c * y! + e, b * x! + d * y! + f] as const);
  const left = Math.min(...corners.map(([x]) => x));
  const bottom = Math.min(...corners.map(([, y]) => y));
  const width = Math.max(...corners.map(([x]) => x)) - left;
  const height = Math.max(...corners.map(([, y]) => y)) - bottom;
  if (!(width > 0 && height > 0)) return;
  const to = { x: Math.min(rect[0]!, rect[2]!), y: Math.min(rect[1]!, rect[3]!) };
  const scale = { x: Math.abs(rect[2]! - rect[0]!) / width, y: Math.abs(rect[3]! - rect[1]!) / height };
  const name = page.node.newXObject('Shown', found.ref);
  page.pushOperators(
    pushGraphicsState(),
    concatTransformationMatrix(scale.x, 0, 0, scale.y, to.x - left * scale.x, to.y - bottom * scale.y),
    drawObject(name),
    popGraphicsState(),
  );
}

/** The normal appearance; the one of the state where there are several. */
function appearanceOf(annotation: PDFDict): { ref: PDFRef; stream: PDFStream } | undefined {
  const appearances = annotation.lookup(PDFName.of('AP'));
  if (!(appearances instanceof PDFDict)) return undefined;
  let normal = appearances.get(PDFName.of('N'));
  let resolved = appearances.lookup(PDFName.of('N'));
  if (resolved instanceof PDFDict) {
    const state = annotation.lookup(PDFName.of('AS'));
    if (!(state instanceof PDFName)) return undefined;
    normal = resolved.get(state);
    resolved = resolved.lookup(state);
  }
  return normal instanceof PDFRef && resolved instanceof PDFStream
    ? { ref: normal, stream: resolved }
    : undefined;
}

function numberAt(dict: PDFDict, key: string): number | undefined {
  const value = dict.lookup(PDFName.of(key));
  return value instanceof PDFNumber ? value.asNumber() : undefined;
}

function numbersAt(dict: PDFDict, key: string): number[] | undefined {
  const value = dict.lookup(PDFName.of(key));
  if (!(value instanceof PDFArray)) return undefined;
  const numbers = value.asArray().map((_, i) => value.lookup(i));
  return numbers.every((n) => n instanceof PDFNumber) ? numbers.map((n) => n.asNumber()) : undefined;
}
