import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ErrorShape } from '../../../../contract/errors.ts';
import type { DossierView } from '../../../../contract/model.ts';
import { keepDossier, useEngine } from '../../../app/engine.tsx';
import { shapeOf } from '../../../app/faults.ts';
import { useDossier } from '../../../app/queries.ts';
import { useTexts } from '../../../app/texts.tsx';
import { Fault } from '../../../ui/Fault.tsx';
import { originalsHere } from './course.ts';

const useStyles = makeStyles({
  box: {
    display: 'flex',
    flexDirection: 'column',
    rowGap: '6px',
    padding: '10px 12px',
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground2,
    border: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  line: { display: 'flex', alignItems: 'center', columnGap: '8px' },
  name: { flexGrow: 1, minWidth: 0 },
});

/** Originals that were taken for comparison, each to be ticked off as it goes back; nothing where none is here. */
export function OriginalsBack(props: { dossier: DossierView }) {
  const styles = useStyles();
  const t = useTexts();
  const engine = useEngine();
  const queries = useQueryClient();
  const [fault, setFault] = useState<ErrorShape | null>(null);
  const dossier = useDossier(props.dossier.id).data ?? props.dossier;
  const here = originalsHere(dossier);
  if (here.length === 0) return null;

  function giveBack(componentId: string): void {
    setFault(null);
    engine
      .call('components.returnOriginal', { dossierId: dossier.id, componentId })
      .then((after) => keepDossier(queries, after))
      .catch((error: unknown) => setFault(shapeOf(error)));
  }
  return (
    <div className={styles.box}>
      <Text weight="semibold">{t('course.originals', { n: here.length })}</Text>
      {fault && <Fault fault={fault} />}
      {here.map(({ spec }) => (
        <div key={spec.id} className={styles.line}>
          <Text size={200} className={styles.name}>
            {spec.name}
          </Text>
          <Button size="small" data-give-back={spec.id} onClick={() => giveBack(spec.id)}>
            {t('course.originals.back')}
          </Button>
        </div>
      ))}
    </div>
  );
}
