import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { PersonEditRegular } from '@fluentui/react-icons/svg/person-edit';
import { useQueryClient } from '@tanstack/react-query';
import { type Ref, useCallback, useImperativeHandle, useRef, useState } from 'react';
import type { ErrorShape } from '../../../contract/errors.ts';
import type { EventPayload } from '../../../contract/events.ts';
import type { Applicant, DossierView } from '../../../contract/model.ts';
import { keepDossier, useEngine, useEngineEvent } from '../../app/engine.tsx';
import { shapeOf } from '../../app/faults.ts';
import { useTexts } from '../../app/texts.tsx';
import { Fault } from '../../ui/Fault.tsx';
import { Keycap } from '../../ui/Keycap.tsx';
import { useNotify } from '../../ui/notify.tsx';
import { type ApplicantFields, applicantOf, fieldsOf } from './applicant-form.ts';
import { type CardSource, CitizenForm } from './CitizenForm.tsx';
import { KnownOffer } from './KnownOffer.tsx';
import { SectionHead } from './SectionHead.tsx';

const useStyles = makeStyles({
  section: { display: 'flex', flexDirection: 'column', rowGap: '8px' },
  summary: {
    display: 'flex',
    alignItems: 'center',
    columnGap: '12px',
    padding: '8px 12px',
    backgroundColor: tokens.colorNeutralBackground2,
    borderRadius: tokens.borderRadiusMedium,
    border: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  who: { flexGrow: 1, minWidth: 0, display: 'flex', flexDirection: 'column' },
  quiet: { color: tokens.colorNeutralForeground3 },
});

export interface CitizenHandle {
  focus(): void;
  /** Reads the card that lies on the scanner's glass. */
  scanCard(): void;
  /** Asks for a picture of the card. */
  readPhoto(): void;
  takeLine(line: string): void;
}

/** Who the dossier belongs to: read from the card's QR line by a gun, a reader, the scanner or a photo, or typed. */
export function CitizenSection(props: {
  ref: Ref<CitizenHandle>;
  dossier: DossierView;
  unsaved: Map<string, ApplicantFields>;
  editable: boolean;
  /** The scanner at hand. */
  device: string | null;
  onSaved: () => void;
}) {
  const styles = useStyles();
  const t = useTexts();
  const notify = useNotify();
  const { dossier, unsaved, editable } = props;
  const [editing, setEditing] = useState(dossier.applicant === null || unsaved.has(dossier.id));
  const [source, setSource] = useState<CardSource | null>(null);
  const cardInput = useRef<HTMLInputElement>(null);
  const photo = useRef<HTMLInputElement>(null);
  const shownForm = editing && editable;

  const read = (from: CardSource) => {
    setEditing(true);
    setSource(from);
  };
  useImperativeHandle(props.ref, () => ({
    focus() {
      setEditing(true);
      requestAnimationFrame(() => {
        cardInput.current?.focus();
        cardInput.current?.select();
      });
    },
    scanCard: () => read({ from: 'glass' }),
    readPhoto: () => photo.current?.click(),
    takeLine: (line) => read({ from: 'line', line }),
  }));
  // A reader on a serial port acts like a gun, whatever has the focus.
  useEngineEvent(
    'reader.line',
    useCallback(
      ({ line }: EventPayload<'reader.line'>) => {
        if (!editable) return;
        setEditing(true);
        setSource({ from: 'line', line });
      },
      [editable],
    ),
  );

  useEngineEvent(
    'reader.damaged',
    useCallback(
      ({ reason }: EventPayload<'reader.damaged'>) => {
        if (editable)
          notify({ intent: 'warning', title: t('reader.damaged'), body: t(`reader.damaged.${reason}`) });
      },
      [editable, notify, t],
    ),
  );

  return (
    <section className={styles.section} aria-labelledby="citizen-title">
      <SectionHead
        id="citizen-title"
        number={1}
        done={dossier.applicant !== null}
        title={t('citizen.title')}
      />
      {shownForm ? (
        <CitizenForm
          dossier={dossier}
          unsaved={unsaved}
          device={props.device}
          source={source}
          cardInput={cardInput}
          onRead={read}
          onPhoto={() => photo.current?.click()}
          onCancel={
            dossier.applicant
              ? () => {
                  setEditing(false);
                  setSource(null);
                }
              : null
          }
          onSaved={() => {
            setEditing(false);
            setSource(null);
            props.onSaved();
          }}
        />
      ) : (
        dossier.applicant && (
          <>
            <Summary applicant={dossier.applicant} onEdit={editable ? () => setEditing(true) : null} />
            {editable && <KnownBefore dossierId={dossier.id} applicant={dossier.applicant} />}
          </>
        )
      )}
      <input
        ref={photo}
        type="file"
        hidden
        accept="image/*,.heic,.heif"
        data-card-photo=""
        aria-label={t('citizen.card.photo')}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          event.target.value = '';
          if (file) read({ from: 'photo', file });
        }}
      />
    </section>
  );
}

/** A card says nothing of phone and address for letters: what an earlier visit knows of them can be taken with one key. */
function KnownBefore(props: { dossierId: string; applicant: Applicant }) {
  const engine = useEngine();
  const queries = useQueryClient();
  const [fault, setFault] = useState<ErrorShape | null>(null);
  const { dossierId, applicant } = props;
  const now = fieldsOf(applicant);
  const take = (fields: Partial<ApplicantFields>) => {
    setFault(null);
    const taken = applicantOf({ ...now, ...fields });
    const { ethnicity, place } = applicant;
    engine
      .call('dossiers.setApplicant', { dossierId, applicant: { ...taken, ethnicity, place } })
      .then((after) => keepDossier(queries, after))
      .catch((error: unknown) => setFault(shapeOf(error)));
  };
  return (
    <>
      {fault && <Fault fault={fault} onDismiss={() => setFault(null)} />}
      <KnownOffer now={now} onTake={take} />
    </>
  );
}

function Summary(props: { applicant: Applicant; onEdit: (() => void) | null }) {
  const styles = useStyles();
  const t = useTexts();
  const { applicant } = props;
  const fields = fieldsOf(applicant);
  const facts = [
    applicant.identityNumber && t('citizen.number', { number: applicant.identityNumber }),
    fields.birthDate && t('citizen.born', { date: fields.birthDate }),
    fields.gender && t(`applicant.gender.${fields.gender}`),
    applicant.phone && t('citizen.phone', { phone: applicant.phone }),
  ].filter(Boolean);
  return (
    <div className={styles.summary}>
      <div className={styles.who}>
        <Text weight="semibold" size={400}>
          {applicant.name}
        </Text>
        <Text size={200}>{facts.join(' · ')}</Text>
        {applicant.address && (
          <Text size={200} className={styles.quiet}>
            {applicant.address}
          </Text>
        )}
      </div>
      {props.onEdit && (
        <Button appearance="subtle" icon={<PersonEditRegular />} onClick={props.onEdit}>
          {t('citizen.edit')}&nbsp;<Keycap>F4</Keycap>
        </Button>
      )}
    </div>
  );
}
