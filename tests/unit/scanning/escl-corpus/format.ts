import { z } from 'zod';

/** Shape of the case data in tests/corpora/escl; its README says what each part means. */

const adfSource = z.enum(['adf', 'adf-duplex', 'platen']);

export const settings = z.strictObject({
  /** 'feeder' is the simplest feeder that the profile has. */
  source: z.union([adfSource, z.literal('feeder')]).default('feeder'),
  dpi: z.number().int().default(300),
  mode: z.enum(['color', 'gray', 'bw']).default('color'),
});
export type CaseSettings = z.infer<typeof settings>;

/** An answer: a short word (README) or its parts. */
export const answer = z.union([
  z.string(),
  z.strictObject({
    status: z.number().int(),
    reason: z.string().optional(),
    headers: z.record(z.string(), z.string()).optional(),
    /** A picture of the corpus by its name, or text. */
    page: z.string().optional(),
    text: z.string().optional(),
    /** Bytes put before or behind the picture, and how many of its last bytes are missing. */
    prefix: z.string().optional(),
    padding: z.number().int().optional(),
    missing: z.number().int().optional(),
    framing: z.enum(['chunked', 'length', 'close']).optional(),
    /** Breaks the connection, or says no more, after so many bytes of the body. */
    after: z.number().int().optional(),
    end: z.enum(['break', 'stall']).optional(),
  }),
]);
export type CaseAnswer = z.infer<typeof answer>;

export const status = z.union([
  z.string(),
  z.strictObject({
    state: z.string().default('Idle'),
    adf: z.string().default('$idle'),
    /** null = the job is not in the list. */
    job: z.string().nullable().default('Completed'),
    reasons: z.array(z.string()).default([]),
    images: z.number().int().default(1),
    /** Jobs of before that stand in the list too. */
    older: z.array(z.string()).default([]),
    /** How the job is named in the list; the path of its Location by default. */
    uri: z.string().optional(),
  }),
]);
export type CaseStatus = z.infer<typeof status>;

export const expected = z.strictObject({
  /** Names of pictures; `=N` behind a name marks the repetition of page N (from 0). */
  pages: z.array(z.string()).default([]),
  error: z
    .strictObject({ code: z.string(), details: z.record(z.string(), z.unknown()).optional() })
    .optional(),
  requests: z.array(z.string()).optional(),
  /** Facts of the last POST, by element name; null = the element must not be there. */
  post: z.record(z.string(), z.union([z.string(), z.null()])).optional(),
  notes: z.array(z.string()).optional(),
});

const act = z.strictObject({
  name: z.string(),
  source: z.string().optional(),
  settings: settings.prefault({}),
  capabilities: z.array(answer).default(['ok']),
  post: z.array(answer).default(['201']),
  next: z.array(answer).default(['404']),
  status: z
    .array(status)
    .default([{ state: 'Idle', adf: '$idle', job: 'Completed', reasons: [], images: 1, older: [] }]),
  remove: z.array(answer).default(['200']),
  /** What the person does: stops after so many pages. */
  stopAfter: z.number().int().optional(),
  /** Restarts the device (its port is shut) after so many pages. */
  shutAfter: z.number().int().optional(),
  limits: z.record(z.string(), z.number()).default({}),
  tls: z.boolean().default(false),
  expect: expected,
});

export const situation = act.extend({
  needs: z.array(z.string()).default([]),
  without: z.array(z.string()).default([]),
  /** Profiles on which it is played; all that fit by default. */
  only: z.array(z.string()).optional(),
});
export type Situation = z.infer<typeof situation>;

export const exchange = act.extend({
  profile: z.string().optional(),
  /** Capabilities of its own, in place of a profile's. */
  xml: z.string().optional(),
});
export type Exchange = z.infer<typeof exchange>;

export const profile = z.strictObject({
  family: z.string(),
  known: z.array(z.strictObject({ fact: z.string(), source: z.string() })),
  ours: z.string(),
  exchange: z.strictObject({
    /** Server header of every answer; null = none. */
    server: z.string().nullable(),
    location: z.enum(['absolute', 'relative', 'bare', 'localhost', 'strange']),
    framing: z.enum(['chunked', 'length', 'close']),
    /** Statuses at the end of the feeder; the last one stays. */
    end: z.array(z.number().int()),
    /** Whether ScannerStatus lists the jobs. */
    jobs: z.boolean(),
    comment: z.boolean().default(false),
    contentLocation: z.boolean().default(false),
    tls: z.boolean().default(false),
    idleAdf: z.string().default('ScannerAdfLoaded'),
    emptyWord: z.string().default('ScannerAdfEmpty'),
    coverWord: z.string().default('ScannerAdfHatchOpen'),
    picture: z.enum(['jpg', 'png']).default('jpg'),
  }),
  expect: z.strictObject({
    describe: z.strictObject({
      name: z.string(),
      sources: z.array(adfSource),
      dpis: z.array(z.number()),
      modes: z.array(z.enum(['color', 'gray', 'bw'])),
    }),
    /** Host header of every request but the first; `$host` is the usual one. */
    host: z.string().default('$host'),
    traits: z.array(z.string()).default([]),
    orders: z.array(
      z.strictObject({
        ask: settings,
        post: z.record(z.string(), z.union([z.string(), z.null()])).optional(),
        error: z
          .strictObject({ code: z.string(), details: z.record(z.string(), z.unknown()).optional() })
          .optional(),
        notes: z.array(z.string()).optional(),
      }),
    ),
  }),
});
export type Profile = z.infer<typeof profile> & { readonly id: string; readonly xml: string };
