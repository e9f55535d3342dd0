import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { ImportProblem, ImportReport, ProblemGroup } from '../../../contract/catalogue.ts';
import { type Procedure, procedure as procedureShape } from '../../../contract/procedures.ts';
import { cardOf } from '../../procedures/card.ts';
import type { ReadCatalogue } from '../../procedures/catalogue-file.ts';
import type { Catalogue, StagedCard, StagedVersion } from '../../store/catalogue.ts';

export interface ImportWish {
  readonly at: string;
  readonly actor: string;
  /** As a person knows the file. */
  readonly file: string;
  /** Take out of use what the catalogue has and the file has not. */
  readonly withdrawMissing: boolean;
}

/** Versions written in one transaction: short enough for a screen not to wait. */
const VERSIONS_A_TURN = 40;

/**
 * Stores what a file gave. What is the same already stays as it is, what changed gets a new version. Nothing of it is
 * seen before all of it is there; a file that brings nothing new writes nothing.
 */
export async function importCatalogue(
  store: Catalogue,
  read: ReadCatalogue,
  wish: ImportWish,
): Promise<ImportReport> {
  const known = new Map(store.pointers().map((p) => [p.code, p]));
  const versions: StagedVersion[] = [];
  const cards: StagedCard[] = [];
  const returned: string[] = [];
  let added = 0;
  for (const [i, found] of read.procedures.entries()) {
    const procedure = procedureShape.parse(found);
    const hash = hashOf(procedure);
    const before = known.get(procedure.code);
    if (before?.hash === hash) {
      if (before.withdrawnAt !== null) returned.push(procedure.code);
    } else {
      if (before === undefined) added += 1;
      const number = (before?.number ?? 0) + 1;
      versions.push({ procedure, number, hash });
      cards.push({ code: procedure.code, number, hash, card: cardOf(procedure) });
    }
    if (i % VERSIONS_A_TURN === 0) await turn();
  }
  const given = new Set(read.procedures.map((p) => p.code));
  const absent = [...known.values()].filter((p) => p.withdrawnAt === null && !given.has(p.code));
  const withdrawn = wish.withdrawMissing ? absent.map((p) => p.code) : [];
  const stored = versions.length + returned.length + withdrawn.length > 0;
  const report: ImportReport = {
    file: wish.file,
    procedures: read.procedures.length,
    added,
    changed: versions.length - added + returned.length,
    unchanged: read.procedures.length - versions.length - returned.length,
    withdrawn: withdrawn.length,
    missing: absent.length - withdrawn.length,
    stored,
    groups: groupProblems(read.problems),
  };
  if (!stored) return report;
  const pending = store.begin(wish);
  for (let i = 0; i < versions.length; i += VERSIONS_A_TURN) {
    pending.stage(versions.slice(i, i + VERSIONS_A_TURN));
    await turn();
  }
  pending.finish({ staged: cards, returned, withdrawn, report, problems: read.problems });
  return report;
}

/** Shapes are parsed before, so that the order of keys, and with it the hash, is that of the contract. */
function hashOf(procedure: Procedure): string {
  return createHash('sha256').update(JSON.stringify(procedure)).digest('hex');
}

/** How many of each kind, in how many procedures; the most frequent first. */
export function groupProblems(problems: readonly ImportProblem[]): ProblemGroup[] {
  const groups = new Map<ImportProblem['code'], { count: number; procedures: Set<string> }>();
  for (const { code, procedure } of problems) {
    const group = groups.get(code) ?? { count: 0, procedures: new Set() };
    group.count += 1;
    if (procedure !== '') group.procedures.add(procedure);
    groups.set(code, group);
  }
  return [...groups]
    .map(([code, { count, procedures }]) => ({ code, count, procedures: procedures.size }))
    .sort((a, b) => b.count - a.count || a.code.localeCompare(b.code));
}
