import {
  Button,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  makeStyles,
  Spinner,
} from '@fluentui/react-components';
import { ImageRegular } from '@fluentui/react-icons/svg/image';
import { PersonRegular } from '@fluentui/react-icons/svg/person';
import { QrCodeRegular } from '@fluentui/react-icons/svg/qr-code';
import { ScanDashRegular } from '@fluentui/react-icons/svg/scan-dash';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useEffectEvent, useRef, useState } from 'react';
import { useForm } from 'react-hook-form';
import { CounterError, type ErrorShape } from '../../../contract/errors.ts';
import type { CitizenCard, DossierView } from '../../../contract/model.ts';
import { keepDossier, useEngine } from '../../app/engine.tsx';
import { shapeOf } from '../../app/faults.ts';
import { useTexts } from '../../app/texts.tsx';
import { useAnnounce } from '../../ui/announcer.tsx';
import { Fault } from '../../ui/Fault.tsx';
import { Keycap } from '../../ui/Keycap.tsx';
import { ApplicantGrid } from './ApplicantGrid.tsx';
import {
  type ApplicantFields,
  applicantOf,
  applicantResolver,
  fieldsOf,
  problemsOf,
  warningsOf,
} from './applicant-form.ts';
import { useGun } from './gun.ts';
import { upload } from './importing/upload.ts';
import { KnownOffer } from './KnownOffer.tsx';
import { citizenLineIn } from './pages/citizen-line.ts';

const useStyles = makeStyles({
  actions: { display: 'flex', columnGap: '8px', alignItems: 'center', paddingTop: '4px' },
  warnings: { margin: 0, paddingLeft: '18px' },
  ways: { display: 'flex', flexWrap: 'wrap', gap: '6px', paddingTop: '6px' },
});

type Warning = CitizenCard['warnings'][number];

/** Where a card is to be read from; a new object each time it is asked for. */
export type CardSource =
  | { readonly from: 'glass' }
  | { readonly from: 'photo'; readonly file: File }
  | { readonly from: 'line'; readonly line: string };

/** The citizen's fields, and the ways to have a card fill them. */
export function CitizenForm(props: {
  dossier: DossierView;
  unsaved: Map<string, ApplicantFields>;
  device: string | null;
  source: CardSource | null;
  cardInput: React.RefObject<HTMLInputElement | null>;
  onRead: (source: CardSource) => void;
  onPhoto: () => void;
  onCancel: (() => void) | null;
  onSaved: () => void;
}) {
  const styles = useStyles();
  const t = useTexts();
  const engine = useEngine();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const { dossier, unsaved, cardInput, device, source, onSaved } = props;
  const form = useForm<ApplicantFields>({
    defaultValues: unsaved.get(dossier.id) ?? fieldsOf(dossier.applicant),
    resolver: applicantResolver,
  });
  const [cardLine, setCardLine] = useState('');
  const [cardWarnings, setCardWarnings] = useState<readonly Warning[]>([]);
  const [fault, setFault] = useState<ErrorShape | null>(null);
  const [reading, setReading] = useState(false);
  const saved = useRef(false);
  const onPage = dossier.applicant === null ? citizenLineIn(dossier) : null;

  useEffect(() => {
    cardInput.current?.focus();
  }, [cardInput]);
  useEffect(
    () => () => {
      if (saved.current || !form.formState.isDirty) unsaved.delete(dossier.id);
      else unsaved.set(dossier.id, form.getValues());
    },
    [dossier.id, form, unsaved],
  );

  async function save(fields: ApplicantFields): Promise<void> {
    setFault(null);
    try {
      const applicant = applicantOf(fields);
      const after = await engine.call('dossiers.setApplicant', { dossierId: dossier.id, applicant });
      saved.current = true;
      keepDossier(queries, after);
      announce(t('citizen.saved', { name: applicant.name }));
      onSaved();
    } catch (error) {
      setFault(shapeOf(error));
    }
  }

  async function cardFrom(where: CardSource): Promise<CitizenCard> {
    if (where.from === 'line') return engine.call('citizens.readCard', { line: where.line });
    if (where.from === 'glass') {
      // The key may be quicker than the list of scanners.
      const at = device ?? (await engine.call('scanners.list', { search: false }))[0]?.uri;
      if (at === undefined) throw new CounterError('SCANNER_UNREACHABLE');
      return engine.call('cards.scan', { device: at });
    }
    const uploadId = await upload(engine, where.file, new AbortController().signal);
    return engine.call('cards.read', { uploadId });
  }

  async function readCard(where: CardSource): Promise<void> {
    setFault(null);
    setCardWarnings([]);
    setReading(where.from !== 'line');
    try {
      const card = await cardFrom(where);
      const fields = fieldsOf(card.applicant);
      // What the clerk typed already and the card does not hold stays.
      const { phone, email } = form.getValues();
      const merged = { ...fields, phone: fields.phone || phone, email: fields.email || email };
      for (const [name, value] of Object.entries(merged)) {
        form.setValue(name as keyof ApplicantFields, value, { shouldDirty: true });
      }
      setCardWarnings(card.warnings);
      const clean = card.warnings.length === 0 && problemsOf(merged, todayUtc()).length === 0;
      // Another person's card does not take the place of a citizen who is entered already, unless the clerk says so.
      const { applicant } = dossier;
      const same = applicant === null || applicant.identityNumber === merged.identityNumber;
      if (clean && same) await save(merged);
      else {
        await form.trigger();
        form.setFocus('name');
      }
    } catch (error) {
      setFault(shapeOf(error));
      cardInput.current?.select();
    } finally {
      setReading(false);
    }
  }

  useGun((line) => void readCard({ from: 'line', line }));
  const taken = useRef<CardSource | null>(null);
  const take = useEffectEvent((where: CardSource) => {
    if (taken.current === where) return;
    taken.current = where;
    void readCard(where);
  });
  useEffect(() => {
    if (source) take(source);
  }, [source]);

  function onCard(event: FormEvent): void {
    event.preventDefault();
    const line = cardLine.trim();
    if (line === '') {
      form.setFocus('name');
      return;
    }
    setCardLine('');
    void readCard({ from: 'line', line });
  }

  const typedWarnings = warningsOf(form.watch());
  const warnings = [...new Set<Warning>([...cardWarnings.filter((w) => !isTyped(w)), ...typedWarnings])];

  return (
    <>
      <form onSubmit={onCard} autoComplete="off">
        <Field label={t('citizen.card.label')} hint={t('citizen.card.hint')} orientation="vertical">
          <Input
            input={{ ref: cardInput }}
            value={cardLine}
            onChange={(_, data) => setCardLine(data.value)}
            contentBefore={<QrCodeRegular />}
            contentAfter={<Keycap>F4</Keycap>}
            placeholder={t('citizen.card.placeholder')}
            maxLength={2000}
            spellCheck={false}
          />
        </Field>
        <div className={styles.ways}>
          <Button
            size="small"
            icon={reading ? <Spinner size="extra-tiny" /> : <ScanDashRegular />}
            disabledFocusable={reading}
            data-card-glass=""
            onClick={() => props.onRead({ from: 'glass' })}
          >
            {reading ? t('citizen.card.reading') : t('citizen.card.glass')}&nbsp;<Keycap>Shift F4</Keycap>
          </Button>
          <Button size="small" icon={<ImageRegular />} disabledFocusable={reading} onClick={props.onPhoto}>
            {t('citizen.card.photo')}
          </Button>
          {onPage !== null && (
            <Button
              size="small"
              icon={<PersonRegular />}
              data-card-page=""
              onClick={() => props.onRead({ from: 'line', line: onPage })}
            >
              {t('citizen.card.page')}
            </Button>
          )}
        </div>
      </form>
      {fault && <Fault fault={fault} onDismiss={() => setFault(null)} />}
      {warnings.length > 0 && (
        <MessageBar intent="warning" layout="multiline" role="alert">
          <MessageBarBody>
            <strong>{t('citizen.warnings')}</strong>
            <ul className={styles.warnings}>
              {warnings.map((w) => (
                <li key={w}>{t(`citizen.warning.${w}`)}</li>
              ))}
            </ul>
          </MessageBarBody>
        </MessageBar>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void form.handleSubmit(save)();
        }}
        autoComplete="off"
        noValidate
      >
        <ApplicantGrid control={form.control} />
        <KnownOffer
          now={form.watch()}
          onTake={(fields) => {
            for (const [name, value] of Object.entries(fields))
              form.setValue(name as keyof ApplicantFields, value, { shouldDirty: true });
            form.setFocus('name');
          }}
        />
        <div className={styles.actions}>
          <Button appearance="primary" type="submit" disabled={form.formState.isSubmitting}>
            {t('citizen.save')}&nbsp;<Keycap onBrand>Enter</Keycap>
          </Button>
          {props.onCancel && <Button onClick={props.onCancel}>{t('action.cancel')}</Button>}
        </div>
      </form>
    </>
  );
}

function isTyped(warning: Warning): boolean {
  return warning === 'BIRTH_YEAR_DIFFERS' || warning === 'GENDER_DIFFERS';
}

function todayUtc(): string {
  return new Date().toISOString().slice(0, 10);
}
