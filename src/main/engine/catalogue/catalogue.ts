import type {
  Amendment,
  ImportProblem,
  ImportReport,
  ProblemGroup,
  ProcedureVersion,
  RecordedAmendment,
} from '../../../contract/catalogue.ts';
import { CounterError } from '../../../contract/errors.ts';
import type { Procedure, ProcedureHit } from '../../../contract/procedures.ts';
import { localDay } from '../../calendar/local-time.ts';
import { type Amended, amended, assertAmendable, isTakenOn } from '../../procedures/amend.ts';
import { cardOf, hitOf, type ProcedureCard } from '../../procedures/card.ts';
import { nationalCode } from '../../procedures/national-code.ts';
import { type PreparedCatalogue, prepareCatalogue, searchProcedures } from '../../procedures/search.ts';
import type { Synonym } from '../../procedures/synonyms.ts';
import type { Store } from '../../store/index.ts';
import type { Clock } from '../clock.ts';
import { oneAtATime } from '../one-at-a-time.ts';
import { importCatalogue } from './import.ts';
import { readCatalogueFile } from './read-file.ts';

export interface ImportRequest {
  readonly path: string;
  readonly name: string;
  readonly actor: string;
  readonly withdrawMissing: boolean;
  readonly signal: AbortSignal;
}

/** The procedures of this counter: what was imported, with the unit's own additions over it. */
export interface CatalogueService {
  search(text: string, limit: number): ProcedureHit[];
  /** As the unit has it now, also where it is hidden or withdrawn. Takes codes with a province's suffix. */
  find(code: string): Procedure | undefined;
  /** For a new dossier. Throws PROCEDURE_UNKNOWN (also where it is hidden or withdrawn), PROCEDURE_NOT_TAKEN. */
  toOpen(code: string): Procedure;
  /** As it was imported, without the unit's additions. Throws PROCEDURE_UNKNOWN. */
  version(code: string, number: number): Procedure;
  versions(code: string): readonly ProcedureVersion[];
  importFile(request: ImportRequest): Promise<{
    readonly report: ImportReport;
    readonly problems: readonly ImportProblem[];
  }>;
  lastImport(): { readonly at: string; readonly actor: string; readonly report: ImportReport } | null;
  problems(
    filter: { readonly code?: ImportProblem['code'] | undefined; readonly procedure?: string | undefined },
    offset: number,
    limit: number,
  ): {
    readonly total: number;
    readonly groups: readonly ProblemGroup[];
    readonly problems: readonly ImportProblem[];
  };
  amend(entry: {
    readonly code: string;
    readonly amendment: Amendment;
    readonly reason: string;
    readonly actor: string;
  }): void;
  amendments(code: string): readonly RecordedAmendment[];
  /** Hidden by the unit, or withdrawn by an import. */
  standing(code: string): { readonly hidden: boolean; readonly withdrawn: boolean };
}

export interface CatalogueParts {
  readonly store: Pick<Store, 'catalogue' | 'transaction'>;
  /** What there is where nothing was imported. */
  readonly fallback: readonly Procedure[];
  readonly synonyms: readonly Synonym[];
  readonly clock: Clock;
}

/** Used procedures that are looked at for the order of a list. */
const MOST_USAGE = 500;

export function createCatalogue(parts: CatalogueParts): CatalogueService {
  const { store, clock, synonyms } = parts;
  const kept = store.catalogue;
  const fallback = new Map(parts.fallback.map((p) => [p.code, p]));
  let isImported = kept.imported();
  /** Made when it is first asked for: a start that only prints or pushes needs none. */
  let prepared: PreparedCatalogue<ProcedureCard> | null = null;

  const national = (code: string): Procedure | null =>
    (isImported ? kept.procedure(code) : fallback.get(code)) ?? null;

  function amendedOf(code: string): Amended {
    return amended(
      national(code),
      kept.amendments(code).map((a) => a.amendment),
    );
  }

  /** The code under which the counter has it: as it is given, or without a province's suffix. */
  function ownCode(code: string): string {
    if (code === '') return code;
    const short = nationalCode(code);
    return short !== code && national(code) === null && kept.amendments(code).length === 0 ? short : code;
  }

  function prepare(): PreparedCatalogue<ProcedureCard> {
    const cards = new Map<string, ProcedureCard>();
    if (isImported) {
      for (const { code, card, withdrawnAt } of kept.cards())
        if (withdrawnAt === null) cards.set(code, card as ProcedureCard);
    } else for (const [code, procedure] of fallback) cards.set(code, cardOf(procedure));
    for (const code of new Set(kept.amendments().map((a) => a.code))) {
      const { procedure, hidden } = amendedOf(code);
      if (procedure === null || hidden || isWithdrawn(code)) cards.delete(code);
      else cards.set(code, cardOf(procedure));
    }
    return prepareCatalogue([...cards.values()], synonyms);
  }

  function isWithdrawn(code: string): boolean {
    return isImported && (kept.pointer(code)?.withdrawnAt ?? null) !== null;
  }

  function toOpen(code: string): Procedure {
    const own = ownCode(code);
    const { procedure, hidden, taken } = amendedOf(own);
    if (procedure === null || hidden || isWithdrawn(own))
      throw new CounterError('PROCEDURE_UNKNOWN', { code });
    if (!isTakenOn(taken, localDay(clock.now())))
      throw new CounterError('PROCEDURE_NOT_TAKEN', {
        code,
        from: taken?.from ?? 'unknown',
        until: taken?.until ?? 'unknown',
      });
    return procedure;
  }

  async function importFile({ path, name, signal, ...wish }: ImportRequest) {
    const read = await readCatalogueFile(path, signal);
    const at = clock.now().toISOString();
    const report = await importCatalogue(kept, read, { ...wish, at, file: name });
    isImported = kept.imported();
    prepared = null;
    return { report, problems: read.problems };
  }

  return {
    search(text, limit) {
      prepared ??= prepare();
      const usage = new Map(kept.usage(MOST_USAGE).map((u) => [u.code, u.opened]));
      return searchProcedures(prepared, text, limit, usage).map(hitOf);
    },
    find: (code) => amendedOf(ownCode(code)).procedure ?? undefined,
    toOpen,
    version(code, number) {
      const procedure = kept.procedure(ownCode(code), number);
      if (!procedure) throw new CounterError('PROCEDURE_UNKNOWN', { code });
      return procedure;
    },
    versions: (code) => kept.versions(ownCode(code)),
    importFile: oneAtATime(importFile),
    lastImport: () => kept.lastImport() ?? null,
    problems: (filter, offset, limit) => ({
      ...kept.problems(filter, offset, limit),
      groups: kept.problemGroups(),
    }),
    amend({ code, amendment, reason, actor }) {
      store.transaction(() => {
        const own = amendment.do === 'add' ? code : ownCode(code);
        assertAmendable(amendedOf(own), own, amendment);
        kept.amend(own, { at: clock.now().toISOString(), actor, reason, amendment });
      });
      prepared = null;
    },
    amendments: (code) => kept.amendments(ownCode(code)),
    standing(code) {
      const own = ownCode(code);
      return { hidden: amendedOf(own).hidden, withdrawn: isWithdrawn(own) };
    },
  };
}
