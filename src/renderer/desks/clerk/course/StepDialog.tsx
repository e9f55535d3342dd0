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
  Textarea,
} from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { ErrorShape } from '../../../../contract/errors.ts';
import type { DossierView } from '../../../../contract/model.ts';
import { keepDossier, useEngine } from '../../../app/engine.tsx';
import { shapeOf } from '../../../app/faults.ts';
import { useSession } from '../../../app/queries.ts';
import { useTexts } from '../../../app/texts.tsx';
import { Fault } from '../../../ui/Fault.tsx';
import { Keycap } from '../../../ui/Keycap.tsx';
import { focusNow, focusSoon } from '../focus.ts';
import type { StepAction } from './course.ts';
import { OriginalsBack } from './OriginalsBack.tsx';
import {
  fieldsFor,
  linesOf,
  PROOFS,
  STEP_FORMS,
  type StepField,
  type StepValues,
  stepProblems,
  WAYS,
} from './step-forms.ts';

const useStyles = makeStyles({
  content: { display: 'flex', flexDirection: 'column', rowGap: '10px' },
  fields: {
    display: 'grid',
    gridTemplateColumns: 'repeat(2, minmax(0, 1fr))',
    alignItems: 'start',
    gap: '8px 12px',
  },
  file: { display: 'flex', alignItems: 'center', columnGap: '8px', overflowWrap: 'anywhere' },
  whole: { gridColumn: 'span 2' },
});

/** One step in a dossier's course: what it means, what it asks for, and the engine's word on it. */
export function StepDialog(props: {
  action: StepAction;
  dossier: DossierView;
  onClose: () => void;
  onDone: (before: DossierView, after: DossierView) => void;
}) {
  const styles = useStyles();
  const t = useTexts();
  const engine = useEngine();
  const queries = useQueryClient();
  const session = useSession();
  const { action, dossier } = props;
  const form = STEP_FORMS[action];
  const [values, setValues] = useState<StepValues>(
    () => form.initial?.(dossier, session.data?.user ?? '') ?? {},
  );
  const chooser = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File | null>(null);
  const [asked, setAsked] = useState(false);
  const [fault, setFault] = useState<ErrorShape | null>(null);
  const [working, setWorking] = useState(false);
  const problems = asked ? stepProblems(action, dossier, values) : {};
  const fields = fieldsFor(action, dossier);

  // Whoever types already is left where they are.
  useEffect(() => focusSoon('[data-step-field], [data-step-do]', true), []);

  const set = (name: StepField, value: string) =>
    setValues((now) => {
      if (name !== 'resultType') return { ...now, [name]: value };
      // The name follows the type as long as it is one of the types' own names.
      const { results } = dossier.procedure;
      const own = results.some((r) => r.name === now.resultName) || !now.resultName;
      const chosen = results.find((r) => r.code === value)?.name ?? '';
      return { ...now, resultType: value, ...(own ? { resultName: chosen } : {}) };
    });

  async function take(): Promise<void> {
    setAsked(true);
    const wrong = Object.keys(stepProblems(action, dossier, values))[0];
    if (wrong !== undefined) {
      focusNow(`[data-step-field="${wrong}"]`);
      return;
    }
    setWorking(true);
    setFault(null);
    try {
      const after = await form.send(engine, dossier, values, file);
      keepDossier(queries, after);
      props.onDone(dossier, after);
    } catch (error) {
      setFault(shapeOf(error));
      setWorking(false);
    }
  }
  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    if (!working) void take();
  }
  function onKeyDown(event: KeyboardEvent): void {
    // Enter makes a new line in a text of several; with Ctrl it takes the step from anywhere.
    if (event.key !== 'Enter' || !event.ctrlKey) return;
    event.preventDefault();
    if (!working) void take();
  }

  return (
    <Dialog open onOpenChange={(_, data) => !data.open && !working && props.onClose()}>
      <DialogSurface data-step={action}>
        <form onSubmit={onSubmit} onKeyDown={onKeyDown} autoComplete="off" noValidate>
          <DialogBody>
            <DialogTitle>{t(`dossier.action.${action}`)}</DialogTitle>
            <DialogContent className={styles.content}>
              <Text>{t(`course.text.${action}`)}</Text>
              {fault && <Fault fault={fault} />}
              {(action === 'hand-out' || action === 'close') && <OriginalsBack dossier={dossier} />}
              <div className={styles.fields}>
                {fields.map(({ name, kind, required, most, half }) => {
                  const problem = problems[name];
                  const value = values[name] ?? '';
                  const count = name === 'items' ? linesOf(value).length : 0;
                  return (
                    <Field
                      key={name}
                      label={t(`course.field.${name}`)}
                      required={required === true}
                      className={mergeClasses(!half && styles.whole)}
                      {...(problem ? { validationMessage: t(problem) } : {})}
                      {...(name === 'items' ? { hint: t('course.items.hint', { n: count }) } : {})}
                    >
                      {kind === 'lines' ? (
                        <Textarea
                          data-step-field={name}
                          value={value}
                          maxLength={most}
                          rows={name === 'items' ? 5 : 3}
                          onChange={(_, data) => set(name, data.value)}
                        />
                      ) : kind === 'line' ? (
                        <Input
                          data-step-field={name}
                          value={value}
                          maxLength={most}
                          {...(name === 'day' || name === 'issuedOn'
                            ? { placeholder: t('applicant.day') }
                            : {})}
                          onChange={(_, data) => set(name, data.value)}
                        />
                      ) : (
                        <Select
                          data-step-field={name}
                          value={value}
                          onChange={(_, data) => set(name, data.value)}
                        >
                          {kind === 'way' &&
                            WAYS.map((way) => (
                              <option key={way} value={way}>
                                {t(`course.way.${way}`)}
                              </option>
                            ))}
                          {kind === 'proof' &&
                            PROOFS.map((proof) => (
                              <option key={proof} value={proof}>
                                {t(`course.proof.${proof}`)}
                              </option>
                            ))}
                          {kind === 'type' && (
                            <>
                              {dossier.procedure.results.map((r) => (
                                <option key={r.code} value={r.code}>
                                  {r.name}
                                </option>
                              ))}
                              <option value="">{t('course.result.other')}</option>
                            </>
                          )}
                        </Select>
                      )}
                    </Field>
                  );
                })}
                {form.file && (
                  <Field label={t('course.file')} hint={t('course.file.hint')} className={styles.whole}>
                    <div className={styles.file}>
                      <Button data-step-choose="" onClick={() => chooser.current?.click()}>
                        {t('course.file.choose')}
                      </Button>
                      <Text size={200}>{file?.name ?? ''}</Text>
                      <input
                        ref={chooser}
                        type="file"
                        hidden
                        accept="application/pdf"
                        data-step-file=""
                        aria-label={t('course.file')}
                        onChange={(event) => setFile(event.target.files?.[0] ?? null)}
                      />
                    </div>
                  </Field>
                )}
              </div>
            </DialogContent>
            <DialogActions>
              <Button appearance="primary" type="submit" data-step-do="" disabledFocusable={working}>
                {working ? t('course.working') : t('course.do')}&nbsp;
                <Keycap onBrand>{fields.length > 0 ? 'Ctrl Enter' : 'Enter'}</Keycap>
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
