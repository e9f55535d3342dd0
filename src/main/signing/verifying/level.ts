import type { SignatureLevel } from '../../../contract/model.ts';
import { judgeRevocation } from '../evidence/revocation.ts';
import type { PathVerdict } from './path.ts';
import type { RevocationIndex } from './revocation-index.ts';

export interface LevelInput {
  readonly subFilter: string;
  readonly hasSignatureStamp: boolean;
  /** Offset behind what the signature covers, and the whole file's size. */
  readonly end: number;
  readonly size: number;
  /** For each document time stamp, the offset behind what it covers. */
  readonly stampEnds: readonly number[];
  /** The signer's path and those of the time stamps on the signature, as far as they could be built. */
  readonly paths: readonly Pick<PathVerdict, 'chain' | 'path'>[];
  readonly index: RevocationIndex;
  readonly at: Date;
}

/**
 * The PAdES baseline level by what a signature carries, whether or not it holds (ETSI EN 319 142-1 §6.3); null for
 * signatures that are no PAdES.
 */
export function levelOf(input: LevelInput): SignatureLevel | null {
  const { subFilter, hasSignatureStamp, end, size, stampEnds } = input;
  if (subFilter !== 'ETSI.CAdES.detached') return null;
  const covering = stampEnds.filter((stampEnd) => stampEnd > end);
  if (!hasSignatureStamp && covering.length === 0) return 'B-B';
  if (!hasAnswers(input, size)) return 'B-T';
  // The archive time stamp has to cover the answers, or they are worth nothing once their signers have expired.
  return covering.some((stampEnd) => hasAnswers(input, stampEnd)) ? 'B-LTA' : 'B-LT';
}

/** Whether the file's first `within` octets can tell of every certificate below a trusted one, or a root, whether it was revoked. */
function hasAnswers({ paths, index, at }: LevelInput, within: number): boolean {
  return paths.every(({ chain, path }) => {
    const root = path.at(-1);
    if (!root || (chain === 'no-path' && root.issuerKey !== root.subjectKey)) return false;
    return path.slice(0, -1).every((subject, i) => {
      const items = index.about(subject, within);
      return judgeRevocation(subject, path[i + 1]!, items, at).status !== 'unknown';
    });
  });
}
