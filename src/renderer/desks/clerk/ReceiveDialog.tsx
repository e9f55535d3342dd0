import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  Text,
} from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { ErrorShape } from '../../../contract/errors.ts';
import type { DossierView } from '../../../contract/model.ts';
import { keepDossier, useEngine } from '../../app/engine.tsx';
import { shapeOf } from '../../app/faults.ts';
import { useDuePreview } from '../../app/queries.ts';
import { KEYS } from '../../app/query-keys.ts';
import { useTexts } from '../../app/texts.tsx';
import { Fault } from '../../ui/Fault.tsx';
import { Keycap } from '../../ui/Keycap.tsx';
import { DueFacts } from './DueFacts.tsx';
import { focusSoon } from './focus.ts';

const useStyles = makeStyles({
  content: { display: 'flex', flexDirection: 'column', rowGap: '12px' },
});

/** Last look before the dossier is received: whose it is, and when the result is promised, with the reasons. */
export function ReceiveDialog(props: { dossier: DossierView; onClose: () => void; onReceived: () => void }) {
  const styles = useStyles();
  const t = useTexts();
  const engine = useEngine();
  const queries = useQueryClient();
  const { dossier } = props;
  const due = useDuePreview(dossier.id, true);
  const [fault, setFault] = useState<ErrorShape | null>(null);
  const [working, setWorking] = useState(false);

  useEffect(() => {
    // The promise runs from now, not from when the preview was last asked for.
    void queries.invalidateQueries({ queryKey: KEYS.due(dossier.id) });
    focusSoon('[data-receive]');
  }, [queries, dossier.id]);

  async function receive(): Promise<void> {
    setWorking(true);
    setFault(null);
    try {
      keepDossier(queries, await engine.call('dossiers.receive', { dossierId: dossier.id }));
      props.onReceived();
    } catch (error) {
      setFault(shapeOf(error));
      setWorking(false);
    }
  }

  return (
    <Dialog open onOpenChange={(_, data) => !data.open && !working && props.onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t('receive.title')}</DialogTitle>
          <DialogContent className={styles.content}>
            <Text>{t('receive.text', { name: dossier.applicant?.name ?? '' })}</Text>
            {fault && <Fault fault={fault} />}
            {due.error && <Fault fault={shapeOf(due.error)} />}
            <DueFacts due={due.data?.due ?? null} loading={due.isPending} />
          </DialogContent>
          <DialogActions>
            <Button
              appearance="primary"
              data-receive=""
              disabledFocusable={working}
              onClick={() => void receive()}
            >
              {working ? t('receive.working') : t('receive.confirm')}&nbsp;<Keycap onBrand>Enter</Keycap>
            </Button>
            <Button disabled={working} onClick={props.onClose}>
              {t('action.cancel')}&nbsp;<Keycap>Esc</Keycap>
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
