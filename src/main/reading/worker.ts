import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';
import type { QuarterTurn } from '../../contract/model.ts';
import type { ReadingFiles } from './files.ts';
import type { ReadingReply, ReadingRequest, ReadingResult, ReadingThreadData } from './protocol.ts';
import { type RecognisedPage, wordsOf } from './words.ts';

/**
 * tesseract.js's core in a thread of ours. Its own worker is not used: a crash of that one is an uncaught exception
 * in the process that started it, and its copy of the data goes to the current folder unless told otherwise.
 */
interface OrientationResults {
  readonly best_result: { readonly orientation_id: number; readonly oconfidence: number };
}
interface BaseApi {
  Init(dataPath: null, language: string, engine: number, config: undefined): number;
  SetVariable(name: string, value: string): boolean;
  SetImageFile(exif: number, angle: number): number;
  Recognize(monitor: null): number;
  GetJSONText(): string;
  DetectOS(results: OrientationResults): boolean;
  Clear(): void;
}
interface Core {
  readonly FS: { writeFile(file: string, data: Uint8Array): void; unlink(file: string): void };
  readonly TessBaseAPI: new () => BaseApi;
  readonly OSResults: new () => OrientationResults;
  destroy(object: unknown): void;
}
type InstantiateWasm = (
  imports: WebAssembly.Imports,
  done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
) => Record<string, never>;
type CoreFactory = (options: {
  instantiateWasm: InstantiateWasm;
  TesseractProgress(percent: number): void;
  print(text: string): void;
  printErr(text: string): void;
}) => Promise<Core>;

interface Recogniser {
  readonly core: Core;
  readonly api: BaseApi;
  readonly memory: WebAssembly.Memory;
}

/** Tesseract's engine modes. */
const LEGACY = 0;
const LSTM = 1;
/** Page segmentation without OSD: the page stands upright already. */
const AUTO = '3';
/** Clockwise turn that undoes Tesseract's orientation number. */
const TURNS: readonly QuarterTurn[] = [0, 270, 180, 90];
const INPUT = '/input';

/** A function of relaxed SIMD: i8x16.relaxed_swizzle; it validates only where the feature is there. */
const RELAXED_SIMD = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0],
  ...[65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11],
);

/** Every processor that runs Node 24 or Electron 45 has SIMD; relaxed SIMD is a matter of the engine's version. */
function coreName(lstmOnly: boolean): string {
  const simd = WebAssembly.validate(RELAXED_SIMD) ? 'relaxedsimd' : 'simd';
  return `tesseract-core-${simd}${lstmOnly ? '-lstm' : ''}`;
}

async function start(
  corePath: string,
  data: string,
  language: string,
  engine: typeof LEGACY | typeof LSTM,
): Promise<Recogniser> {
  const file = path.join(corePath, coreName(engine === LSTM));
  const factory = createRequire(import.meta.url)(`${file}.js`) as CoreFactory;
  const wasm = await WebAssembly.compile(await readFile(`${file}.wasm`));
  const model = gunzipSync(await readFile(data));
  let memory: WebAssembly.Memory | undefined;
  const core = await factory({
    instantiateWasm(imports, done) {
      // Instantiated here so that its memory can be watched; the core does not tell of it.
      const instance = new WebAssembly.Instance(wasm, imports);
      memory = Object.values(instance.exports).find((e) => e instanceof WebAssembly.Memory);
      done(instance, wasm);
      return {};
    },
    TesseractProgress: () => {},
    // What it prints are warnings about its own parameters, and nobody reads them.
    print: () => {},
    printErr: () => {},
  });
  if (!memory) throw new Error('the core shows no memory');
  core.FS.writeFile(`/${language}.traineddata`, model);
  const api = new core.TessBaseAPI();
  if (api.Init(null, language, engine, undefined) !== 0) throw new Error(`the core refuses ${language}`);
  // The engine holds the model now; the file would be a second copy.
  core.FS.unlink(`/${language}.traineddata`);
  api.SetVariable('tessedit_pageseg_mode', AUTO);
  return { core, api, memory };
}

function show({ core, api }: Recogniser, image: Uint8Array): void {
  core.FS.writeFile(INPUT, image);
  const refused = api.SetImageFile(1, 0) === 1;
  core.FS.unlink(INPUT);
  if (refused) throw new Error('the core cannot read the picture');
}

function read(reader: Recogniser, image: Uint8Array, dpi: number): ReadingResult {
  const { api } = reader;
  api.SetVariable('user_defined_dpi', String(Math.round(dpi)));
  show(reader, image);
  if (api.Recognize(null) !== 0) throw new Error('recognising failed');
  const words = wordsOf(JSON.parse(api.GetJSONText()) as RecognisedPage);
  api.Clear();
  return { kind: 'read', words };
}

function orientation(reader: Recogniser, image: Uint8Array): ReadingResult {
  const { api, core } = reader;
  show(reader, image);
  const results = new core.OSResults();
  try {
    // It answers false where it finds too little text.
    const found = api.DetectOS(results);
    const { orientation_id, oconfidence } = results.best_result;
    const turn = TURNS[orientation_id];
    if (!found || turn === undefined) return { kind: 'orientation', turn: 0, margin: 0 };
    return { kind: 'orientation', turn, margin: Math.max(0, oconfidence) };
  } finally {
    core.destroy(results);
    api.Clear();
  }
}

function serve(port: NonNullable<typeof parentPort>, files: ReadingFiles): void {
  const started = new Map<ReadingRequest['kind'], Promise<Recogniser>>();
  const held = new Set<WebAssembly.Memory>();

  function recogniser(kind: ReadingRequest['kind']): Promise<Recogniser> {
    const known = started.get(kind);
    if (known) return known;
    const { corePath, langPath, osdPath } = files;
    const starting =
      kind === 'read'
        ? start(corePath, path.join(langPath, 'vie.traineddata.gz'), 'vie', LSTM)
        : start(corePath, path.join(osdPath, 'osd.traineddata.gz'), 'osd', LEGACY);
    started.set(kind, starting);
    return starting;
  }

  async function work(request: ReadingRequest): Promise<ReadingReply> {
    let reason: 'start' | 'recogniser' = 'start';
    try {
      const reader = await recogniser(request.kind);
      held.add(reader.memory);
      reason = 'recogniser';
      const result =
        request.kind === 'read'
          ? read(reader, request.image, request.dpi)
          : orientation(reader, request.image);
      const memory = [...held].reduce((sum, m) => sum + m.buffer.byteLength, 0);
      return { ok: true, result, memory };
    } catch (error) {
      return { ok: false, reason, cause: error instanceof Error ? error.message : String(error) };
    }
  }

  port.on('message', (request: ReadingRequest) => {
    work(request).then((reply) => port.postMessage(reply));
  });
}

if (parentPort) {
  const data = workerData as ReadingThreadData;
  // Linux gives each thread a priority of its own; elsewhere this would slow the whole engine.
  if (data.background && process.platform === 'linux')
    os.setPriority(os.constants.priority.PRIORITY_BELOW_NORMAL);
  serve(parentPort, data);
}
