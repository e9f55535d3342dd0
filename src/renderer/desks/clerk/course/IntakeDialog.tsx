import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  makeStyles,
  mergeClasses,
  Select,
  Text,
} from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { ErrorShape } from '../../../../contract/errors.ts';
import type { DossierView } from '../../../../contract/model.ts';
import { keepDossier, useEngine } from '../../../app/engine.tsx';
import { shapeOf } from '../../../app/faults.ts';
import { useTexts } from '../../../app/texts.tsx';
import { Fault } from '../../../ui/Fault.tsx';
import { Keycap } from '../../../ui/Keycap.tsx';
import { focusNow } from '../focus.ts';
import {
  type IntakeProblem,
  type IntakeValues,
  intakeOf,
  intakeProblems,
  situationsOf,
  submitterOf,
  valuesOf,
} from './intake-form.ts';
import { WAYS } from './step-forms.ts';

const useStyles = makeStyles({
  surface: { width: 'min(720px, calc(100vw - 32px))', maxWidth: 'none' },
  content: { display: 'flex', flexDirection: 'column', rowGap: '10px' },
  fields: {
    display: 'grid',
    gridTemplateColumns: 'repeat(4, minmax(0, 1fr))',
    alignItems: 'start',
    gap: '6px 12px',
  },
  full: { width: '100%', minWidth: 0 },
  two: { gridColumn: 'span 2' },
  four: { gridColumn: 'span 4' },
});

/** What the reception slip says beside applicant, papers and times, and who hands the dossier in. */
export function IntakeDialog(props: { dossier: DossierView; onClose: () => void }) {
  const styles = useStyles();
  const t = useTexts();
  const engine = useEngine();
  const queries = useQueryClient();
  const { dossier } = props;
  const [values, setValues] = useState<IntakeValues>(() => valuesOf(dossier));
  const [problems, setProblems] = useState<readonly IntakeProblem[]>([]);
  const [fault, setFault] = useState<ErrorShape | null>(null);
  const [working, setWorking] = useState(false);
  const situations = situationsOf(dossier);

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (working) return;
    const wrong = intakeProblems(values);
    setProblems(wrong);
    if (wrong[0]) {
      focusNow(`[data-intake="${wrong[0]}"]`);
      return;
    }
    setWorking(true);
    setFault(null);
    try {
      const { id: dossierId } = dossier;
      const intake = intakeOf(dossier, values);
      keepDossier(queries, await engine.call('dossiers.setIntake', { dossierId, intake }));
      const submitter = submitterOf(values);
      keepDossier(queries, await engine.call('dossiers.setSubmitter', { dossierId, submitter }));
      props.onClose();
    } catch (error) {
      setFault(shapeOf(error));
      setWorking(false);
    }
  }
  const line = (name: keyof IntakeValues, most: number, wide: 'two' | 'four' | null) => (
    <Field
      label={t(`intake.field.${name}`)}
      className={mergeClasses(wide !== null && styles[wide])}
      {...(problems.some((p) => p === name)
        ? { validationMessage: t(`intake.problem.${name as IntakeProblem}`) }
        : {})}
    >
      <Input
        className={styles.full}
        input={{ className: styles.full }}
        data-intake={name}
        value={values[name]}
        maxLength={most}
        onChange={(_, data) => setValues({ ...values, [name]: data.value })}
      />
    </Field>
  );

  return (
    <Dialog open onOpenChange={(_, data) => !data.open && !working && props.onClose()}>
      <DialogSurface className={styles.surface} data-intake-dialog="">
        <form onSubmit={(event) => void save(event)} autoComplete="off" noValidate>
          <DialogBody>
            <DialogTitle>{t('intake.title')}</DialogTitle>
            <DialogContent className={styles.content}>
              {fault && <Fault fault={fault} />}
              <div className={styles.fields}>
                {line('sets', 2, null)}
                <Field label={t('intake.field.way')}>
                  <Select
                    data-intake="way"
                    value={values.way}
                    onChange={(_, data) => setValues({ ...values, way: data.value })}
                  >
                    {WAYS.map((way) => (
                      <option key={way} value={way}>
                        {t(`course.way.${way}`)}
                      </option>
                    ))}
                  </Select>
                </Field>
                {line('place', 500, 'two')}
                {line('summary', 1000, 'four')}
                {situations.length > 0 && (
                  <Field label={t('intake.field.situation')} className={styles.four}>
                    <Select
                      data-intake="situation"
                      value={values.situation}
                      onChange={(_, data) => setValues({ ...values, situation: data.value })}
                    >
                      <option value="">{t('intake.situation.all')}</option>
                      {situations.map((situation) => (
                        <option key={situation} value={situation}>
                          {situation}
                        </option>
                      ))}
                    </Select>
                  </Field>
                )}
              </div>
              <Text weight="semibold">{t('intake.submitter')}</Text>
              <Text size={200}>{t('intake.submitter.hint')}</Text>
              <div className={styles.fields}>
                {line('name', 255, 'two')}
                {line('identityNumber', 20, null)}
                {line('phone', 20, null)}
                {line('address', 500, 'two')}
                {line('email', 254, 'two')}
                {line('authorisation', 500, 'four')}
              </div>
            </DialogContent>
            <DialogActions>
              <Button appearance="primary" type="submit" data-intake-save="" disabledFocusable={working}>
                {t('intake.save')}&nbsp;<Keycap onBrand>Enter</Keycap>
              </Button>
              <Button disabled={working} onClick={props.onClose}>
                {t('action.cancel')}&nbsp;<Keycap>Esc</Keycap>
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
