import { type MarkWords, markWords } from '../../printing/marks/words.ts';
import type { Resources } from '../resources.ts';

/** The words of the conversion mark, read when the first one is drawn. */
export function openMarkWords(resources: Resources): () => Promise<MarkWords> {
  let words: Promise<MarkWords> | undefined;
  return () => {
    words ??= resources.json('printing/conversion-mark.json').then((json) => markWords.parse(json));
    return words;
  };
}
