import { type SignatureLevel, signatureLevel } from '../../../../contract/model.ts';
import { useSession } from '../../../app/queries.ts';
import { useTexts } from '../../../app/texts.tsx';

const LADDER = signatureLevel.options;

/** A signature's level in words; one below what the unit asks for is raised by itself before it is sent. */
export function useLevelWords(): (level: SignatureLevel) => string {
  const t = useTexts();
  const wanted = useSession().data?.signatureLevel ?? 'B-B';
  return (level) =>
    LADDER.indexOf(level) < LADDER.indexOf(wanted)
      ? t('check.level.waiting', { level, wanted })
      : t(`check.level.${level}`);
}
