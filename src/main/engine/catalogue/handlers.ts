import { rm } from 'node:fs/promises';
import { CounterError } from '../../../contract/errors.ts';
import type { PROCEDURES_OPERATIONS } from '../../../contract/operations/procedures.ts';
import type { FieldParts, HandlersOf } from '../field-parts.ts';

export function createCatalogueHandlers({
  catalogue,
  uploads,
  closing,
}: Pick<FieldParts, 'catalogue' | 'uploads' | 'closing'>): HandlersOf<typeof PROCEDURES_OPERATIONS> {
  return {
    'procedures.search': ({ text, limit }) => catalogue.search(text, limit),
    'procedures.get': ({ code, number }) => {
      const procedure = number === undefined ? catalogue.find(code) : catalogue.version(code, number);
      if (!procedure) throw new CounterError('PROCEDURE_UNKNOWN', { code });
      return procedure;
    },
    'procedures.versions': ({ code }) => [...catalogue.versions(code)],
    'procedures.import': async ({ uploadId, withdrawMissing }, caller) => {
      const file = await uploads.finish(uploadId);
      try {
        const { report } = await catalogue.importFile({
          path: file.path,
          name: file.name,
          actor: caller.user,
          withdrawMissing,
          signal: closing,
        });
        return report;
      } finally {
        await rm(file.path, { force: true });
      }
    },
    'procedures.problems': ({ offset, limit, ...filter }) => {
      const { total, groups, problems } = catalogue.problems(filter, offset, limit);
      const last = catalogue.lastImport();
      return {
        last: last && { at: last.at, actor: last.actor, report: last.report },
        groups: [...groups],
        total,
        problems: [...problems],
      };
    },
    'procedures.amend': ({ code, amendment, reason }, caller) => {
      catalogue.amend({ code, amendment, reason, actor: caller.user });
      return catalogue.find(code) ?? null;
    },
    'procedures.hide': ({ code, hidden, reason }, caller) => {
      catalogue.amend({ code, amendment: { do: hidden ? 'hide' : 'show' }, reason, actor: caller.user });
      return { hidden: catalogue.standing(code).hidden };
    },
    'procedures.amendments': ({ code }) => ({
      ...catalogue.standing(code),
      amendments: catalogue
        .amendments(code)
        .map(({ number, at, actor, reason, amendment }) => ({ number, at, actor, reason, amendment })),
    }),
  };
}
