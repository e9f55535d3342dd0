import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  makeStyles,
  Text,
  Textarea,
} from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import type { ErrorShape } from '../../../contract/errors.ts';
import { keepDossier, useEngine } from '../../app/engine.tsx';
import { shapeOf } from '../../app/faults.ts';
import { useTexts } from '../../app/texts.tsx';
import { Fault } from '../../ui/Fault.tsx';
import { Keycap } from '../../ui/Keycap.tsx';
import { focusSoon } from './focus.ts';

const useStyles = makeStyles({
  content: { display: 'flex', flexDirection: 'column', rowGap: '12px' },
});

/** A draft is given up only with a reason, which stays on the record. */
export function DiscardDialog(props: { dossierId: string; onClose: () => void; onDiscarded: () => void }) {
  const styles = useStyles();
  const t = useTexts();
  const engine = useEngine();
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const [lacking, setLacking] = useState(false);
  const [fault, setFault] = useState<ErrorShape | null>(null);
  useEffect(() => focusSoon('[data-reason]'), []);

  async function discard(event: FormEvent): Promise<void> {
    event.preventDefault();
    setLacking(reason.trim() === '');
    if (reason.trim() === '') return;
    try {
      const after = await engine.call('dossiers.discard', {
        dossierId: props.dossierId,
        reason: reason.trim(),
      });
      keepDossier(queries, after);
      props.onDiscarded();
    } catch (error) {
      setFault(shapeOf(error));
    }
  }

  return (
    <Dialog open modalType="alert" onOpenChange={(_, data) => !data.open && props.onClose()}>
      <DialogSurface>
        <form onSubmit={(event) => void discard(event)} noValidate>
          <DialogBody>
            <DialogTitle>{t('discard.title')}</DialogTitle>
            <DialogContent className={styles.content}>
              <Text>{t('discard.text')}</Text>
              {fault && <Fault fault={fault} />}
              <Field
                label={t('discard.reason')}
                required
                {...(lacking ? { validationMessage: t('discard.problem') } : {})}
              >
                <Textarea
                  data-reason=""
                  value={reason}
                  maxLength={500}
                  onChange={(_, data) => setReason(data.value)}
                />
              </Field>
            </DialogContent>
            <DialogActions>
              <Button appearance="primary" type="submit">
                {t('discard.confirm')}
              </Button>
              <Button onClick={props.onClose}>
                {t('discard.keep')}&nbsp;<Keycap>Esc</Keycap>
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
