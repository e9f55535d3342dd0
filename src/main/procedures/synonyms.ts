import { z } from 'zod';
import { foldText } from './fold-text.ts';

/** Everyday words and what the catalogue says for them (resources/catalogue/synonyms.json). */
export const synonymFile = z.object({
  kind: z.literal('procedure-synonyms'),
  version: z.string(),
  provenance: z.string(),
  synonyms: z.array(z.object({ say: z.array(z.string().min(2)).min(1), means: z.string().min(2) })),
});

export interface Synonym {
  /** Folded, with a blank at both ends. */
  readonly say: string;
  readonly means: string;
}

export function readSynonyms(raw: unknown): Synonym[] {
  return synonymFile
    .parse(raw)
    .synonyms.flatMap(({ say, means }) =>
      say.map((words) => ({ say: ` ${foldText(words)} `, means: foldText(means) })),
    )
    .sort((a, b) => b.say.length - a.say.length);
}

const MOST_READINGS = 4;

/**
 * What else a folded text may mean: for each everyday phrase in it, the text with the official words in its place. The
 * text itself is not among them: it always counts as it stands too.
 */
export function otherReadings(folded: string, synonyms: readonly Synonym[]): string[] {
  const text = ` ${folded} `;
  return synonyms
    .filter((s) => text.includes(s.say))
    .slice(0, MOST_READINGS)
    .map((s) => text.replace(s.say, ` ${s.means} `).trim());
}
