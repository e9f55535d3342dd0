import { type MarkWords, markWords } from '../../printing/marks/words.ts';
import { once } from '../once.ts';
import type { Resources } from '../resources.ts';

/** The words of the conversion mark, read when the first one is drawn. */
export function openMarkWords(resources: Resources): () => Promise<MarkWords> {
  return once(async () => markWords.parse(await resources.json('printing/conversion-mark.json')));
}
