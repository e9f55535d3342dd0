import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { CounterError } from '../../../contract/errors.ts';
import type { SigningKeyInfo } from '../../../contract/model.ts';
import { onDisk } from '../../pdf/output-file.ts';
import type { AppearanceKind } from '../appearance/layout.ts';
import type { DocumentSigner, SignerSource } from '../signers.ts';
import { openExchange } from './exchange.ts';
import { askOnce, type LineOptions, probeLine } from './line.ts';
import { checkReturned } from './returned.ts';

/** What the service does with a document, by the kind of signature; it draws the appearance itself. */
const OPERATIONS: Partial<Readonly<Record<AppearanceKind, string>>> = {
  'digitised-component': 'SignIncome',
  'agency-copy': 'SignCopy',
  'issued-document': 'SignIssued',
  personal: 'SignApproved',
};

const reply = z.object({
  /** 0 = signed. */
  Status: z.number().int(),
  Message: z.string().nullish(),
  Error: z.string().nullish(),
});

export interface SignServiceOptions extends LineOptions {
  readonly now: () => Date;
}

export const SIGN_SERVICE_PATIENCE = { connectMs: 5_000, answerMs: 300_000 } as const;

/**
 * VGCA Sign Service, which the government's middleware installs on Windows: it holds the token and asks for the PIN in a
 * window of its own. `base` is `wss://127.0.0.1:8987`; anything beyond this computer is KEY_SOURCE_INVALID.
 */
export function signServiceSource(uri: string, base: string, options: SignServiceOptions): SignerSource {
  const url = new URL(base);
  if (!['wss:', 'ws:'].includes(url.protocol) || !['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname))
    throw new CounterError('KEY_SOURCE_INVALID', { reason: 'not-on-this-computer' });
  const info: SigningKeyInfo = { uri, label: 'VGCA Sign Service', kind: 'vgca', pinState: 'unknown' };
  const at = (operation: string) => new URL(`/${operation}`, url).href;

  const signer: DocumentSigner = {
    async sign(request) {
      const operation = OPERATIONS[request.appearance.kind];
      // It draws, stamps and certifies as it is set up to: what it cannot be told is not silently left out.
      if (!operation || request.field !== undefined || request.certify !== undefined || request.timeStamper)
        throw new CounterError('KEY_UNSUPPORTED', { reason: 'sign-service' });
      const draft = path.join(path.dirname(request.output), `.${randomUUID()}.signing`);
      const exchange = await openExchange(request.input, draft, 'document.pdf');
      try {
        const message = {
          ...{ FileUploadHandler: exchange.uploadUrl, SessionId: '', JWTToken: '' },
          ...{ FileName: exchange.downloadUrl, DocNumber: '', IssuedDate: '', MetaData: [] },
        };
        const answer = await Promise.race([
          askOnce(at(operation), JSON.stringify(message), options),
          // A transfer that went wrong is known before the service says so.
          exchange.received.then(() => new Promise<never>(() => {})),
        ]);
        assertSigned(answer);
        await Promise.race([exchange.received, missing()]);
        const result = await checkReturned(request.input, draft, options.now());
        await onDisk(() => rename(draft, request.output));
        return { ...result, signedAt: request.at };
      } finally {
        await exchange.close();
        await rm(draft, { force: true });
      }
    },
    close: async () => {},
  };

  return {
    async describe() {
      await probeLine(at('GetCertInfo'), options);
      return info;
    },
    open: async () => signer,
  };
}

/** The service has said 'signed': what it signed has to have come by now. */
async function missing(): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  throw new CounterError('SIGN_SERVICE_REFUSED', { reason: 'nothing-returned' });
}

function assertSigned(answer: string): void {
  let json: unknown;
  try {
    json = JSON.parse(answer);
  } catch (cause) {
    throw new CounterError('SIGN_SERVICE_REFUSED', { reason: 'answer' }, { cause });
  }
  const parsed = reply.safeParse(json);
  if (!parsed.success) throw new CounterError('SIGN_SERVICE_REFUSED', { reason: 'answer' });
  const { Status: status } = parsed.data;
  if (status !== 0) throw new CounterError('SIGN_SERVICE_REFUSED', { reason: 'status', status });
}
