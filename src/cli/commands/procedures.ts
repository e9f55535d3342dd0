import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ImportProblem, ImportReport } from '../../contract/catalogue.ts';
import { componentGroups } from '../../contract/components.ts';
import { CounterError } from '../../contract/errors.ts';
import type { ComponentSpec, Procedure } from '../../contract/procedures.ts';
import type { CatalogueService } from '../../main/engine/catalogue/catalogue.ts';
import { groupProblems } from '../../main/engine/catalogue/import.ts';
import { openCatalogue } from '../../main/engine/catalogue/open.ts';
import { readCatalogueFile } from '../../main/engine/catalogue/read-file.ts';
import { systemClock } from '../../main/engine/clock.ts';
import { readConfig } from '../../main/engine/config.ts';
import { openStore } from '../../main/store/index.ts';
import { fileKeyVault } from '../../main/store/key-vault.ts';
import type { Arguments, Command, Io } from '../command.ts';
import { RESOURCES } from '../product.ts';
import { SESSION_OPTIONS, SESSION_USAGE } from '../session.ts';
import type { Texts } from '../texts.ts';

type Result = Awaited<ReturnType<Command['run']>>;

/** The catalogue of a data folder: imported, looked through, searched. Works beside no running counter: the store has one owner. */
export const procedures: Command = {
  usage: `import FILE [--withdraw-missing] [--problems FILE] | list | search TEXT | show CODE [--version N] | versions CODE ${SESSION_USAGE} [--limit N]`,
  options: {
    ...SESSION_OPTIONS,
    'withdraw-missing': { type: 'boolean' },
    problems: { type: 'string' },
    version: { type: 'string' },
    limit: { type: 'string' },
  },
  async run(args, io) {
    const [action = '', ...rest] = args.positionals;
    const text = rest.join(' ');
    switch (action) {
      case 'import':
        return importFile(args, io, one(rest, 'FILE'));
      case 'list':
        return inCatalogue(args, (catalogue) => listed(catalogue, '', args.integer('limit', 10_000)));
      case 'search':
        if (text === '') throw new CounterError('USAGE', { option: 'TEXT' });
        return inCatalogue(args, (catalogue) => listed(catalogue, text, args.integer('limit', 20)));
      case 'show':
        return inCatalogue(args, (catalogue) => show(catalogue, one(rest, 'CODE'), args, io.texts));
      case 'versions':
        return inCatalogue(args, (catalogue) => versions(catalogue, one(rest, 'CODE'), io.texts));
      default:
        throw new CounterError('USAGE', { option: 'import|list|search|show|versions' });
    }
  },
};

function one(positionals: readonly string[], name: string): string {
  const [value] = positionals;
  if (value === undefined || positionals.length > 1) throw new CounterError('USAGE', { option: name });
  return value;
}

function dataDirOf(args: Arguments): string | null {
  const named = args.text('data') ?? process.env.COUNTER_DATA;
  return named === undefined || named === '' ? null : path.resolve(named);
}

/** Without a data folder the file is only read: what would be imported, and what could not be read. */
async function importFile(args: Arguments, io: Io, file: string): Promise<Result> {
  const dataDir = dataDirOf(args);
  const request = { name: path.basename(file), withdrawMissing: args.flag('withdraw-missing') };
  const { report, problems } =
    dataDir === null
      ? await readOnly(file, io)
      : await withCatalogue(args, dataDir, (catalogue, actor) =>
          catalogue.importFile({ ...request, path: file, actor, signal: io.signal }),
        );
  const target = args.text('problems');
  if (target !== undefined) await writeProblems(target, problems, io.texts);
  const lines = [
    io.texts.say(dataDir === null ? 'cli.procedures.read' : 'cli.procedures.imported', {
      ...counts(report),
      file: report.file,
    }),
    ...(dataDir !== null && !report.stored ? [io.texts.say('cli.procedures.nothingNew')] : []),
    ...(report.missing > 0 ? [io.texts.say('cli.procedures.missing', { missing: report.missing })] : []),
    io.texts.say('cli.procedures.problems', { count: problems.length }),
    ...report.groups.map(
      (g) => `  ${String(g.count).padStart(6)}  ${io.texts.say(`import.problem.${g.code}`)}`,
    ),
    ...(target === undefined
      ? problems.map((p) => `  ${problemLine(p, io.texts)}`)
      : [io.texts.say('cli.procedures.problemsIn', { file: target })]),
  ];
  return { json: { ...report, problems }, text: lines.join('\n') };
}

function counts({ procedures, added, changed, unchanged, withdrawn }: ImportReport) {
  return { procedures, added, changed, unchanged, withdrawn };
}

async function readOnly(file: string, io: Io) {
  const { procedures, problems } = await readCatalogueFile(file, io.signal);
  const report: ImportReport = {
    ...{ file: path.basename(file), procedures: procedures.length },
    ...{ added: 0, changed: 0, unchanged: 0, withdrawn: 0, missing: 0, stored: false },
    groups: groupProblems(problems),
  };
  return { report, problems };
}

function problemLine({ procedure, code, where, value }: ImportProblem, texts: Texts): string {
  const what = texts.say(`import.problem.${code}`);
  return [procedure || '–', where, code, what, value].filter((part) => part !== '').join(' · ');
}

async function writeProblems(
  target: string,
  problems: readonly ImportProblem[],
  texts: Texts,
): Promise<void> {
  const body = target.endsWith('.json')
    ? JSON.stringify(problems, null, 2)
    : problems.map((p) => problemLine(p, texts)).join('\n');
  await writeFile(target, `${body}\n`);
}

function inCatalogue(args: Arguments, work: (catalogue: CatalogueService) => Result): Promise<Result> {
  const dataDir = dataDirOf(args);
  if (dataDir === null) throw new CounterError('USAGE', { option: '--data' });
  return withCatalogue(args, dataDir, async (catalogue) => work(catalogue));
}

/** The catalogue alone, without devices and keys: an import must not wait for a scanner. */
async function withCatalogue<T>(
  args: Arguments,
  dataDir: string,
  work: (catalogue: CatalogueService, actor: string) => Promise<T>,
): Promise<T> {
  const configFile = args.text('config') ?? path.join(dataDir, 'counter.json');
  const config =
    args.text('config') !== undefined || existsSync(configFile) ? await readConfig(configFile) : null;
  const store = await openStore({ dataDir, keyVault: fileKeyVault(path.join(dataDir, 'master.key')) });
  try {
    const files = { resources: RESOURCES, file: config?.catalogue ?? '' };
    return await work(await openCatalogue(files, store, systemClock), config?.user.name ?? 'counter');
  } finally {
    await store.close();
  }
}

function listed(catalogue: CatalogueService, text: string, limit: number): Result {
  const hits = catalogue.search(text, limit);
  return {
    json: { procedures: hits },
    text: hits.map((h) => `${h.code}  ${h.name}  [${h.field.name}]`).join('\n'),
    failed: hits.length === 0,
  };
}

function show(catalogue: CatalogueService, code: string, args: Arguments, texts: Texts): Result {
  const number = args.text('version') === undefined ? undefined : args.integer('version', 0);
  const procedure = number === undefined ? catalogue.find(code) : catalogue.version(code, number);
  if (!procedure) throw new CounterError('PROCEDURE_UNKNOWN', { code });
  return { json: { procedure, ...catalogue.standing(code) }, text: described(procedure, texts) };
}

function described(procedure: Procedure, texts: Texts): string {
  const time = ({ value, unit }: NonNullable<Procedure['duration']>) =>
    texts.say('cli.procedures.duration', { value, unit: unit.replace('-', '') });
  const paper = (c: ComponentSpec) =>
    `    ${c.id}  ${c.required ? '*' : ' '} ${c.name}${c.handling === 'note' ? '' : ` (${c.originals}/${c.copies})`}`;
  const part = (key: string, papers: readonly ComponentSpec[]) =>
    papers.length === 0 ? [] : [`  ${texts.say(`cli.procedures.${key}`)}`, ...papers.map(paper)];
  return [
    `${procedure.code}  ${procedure.name}`,
    [procedure.version, procedure.agency, procedure.field.name].filter((p) => p !== '').join(' · '),
    procedure.duration === null ? texts.say('cli.procedures.noDuration') : time(procedure.duration),
    ...procedure.fees.map((f) => `${f.name}: ${f.amount ?? '–'} ${f.note}`.trim()),
    ...componentGroups(procedure).flatMap((g) => [
      ...(g.situation === '' ? [] : [g.situation]),
      ...part('submit', g.submit),
      ...part('show', g.show),
      ...part('notes', g.notes),
    ]),
    ...procedure.results.map((r) => `→ ${r.name} ${r.code}`.trim()),
  ].join('\n');
}

function versions(catalogue: CatalogueService, code: string, texts: Texts): Result {
  const found = catalogue.versions(code);
  if (found.length === 0 && !catalogue.find(code)) throw new CounterError('PROCEDURE_UNKNOWN', { code });
  return {
    json: { code, versions: found },
    text:
      found
        .map((v) => `${v.current ? '*' : ' '} ${v.number}  ${v.importedAt}  ${v.decision}  ${v.name}`)
        .join('\n') || texts.say('cli.procedures.noVersions'),
  };
}
