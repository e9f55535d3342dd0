import { Button, Input, makeStyles, mergeClasses, Text, tokens } from '@fluentui/react-components';
import { CheckmarkRegular } from '@fluentui/react-icons/svg/checkmark';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { ComponentView } from '../../../../contract/model.ts';
import { useSuggestion } from '../../../app/queries.ts';
import { useTexts } from '../../../app/texts.tsx';
import { Keycap } from '../../../ui/Keycap.tsx';
import { FACT_FIELDS, type FactField, filled, isEmpty, keptFacts, NO_FACTS, typedFacts } from './facts.ts';

const useStyles = makeStyles({
  strip: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: '4px 8px', marginLeft: '30px' },
  field: { display: 'flex', flexDirection: 'column', minWidth: 0 },
  number: { flexBasis: '150px' },
  date: { flexBasis: '118px' },
  issuer: { flexBasis: '168px', flexGrow: 1 },
  title: { flexBasis: '190px', flexGrow: 2 },
  input: { width: '100%', minWidth: 0, paddingInline: '2px', columnGap: 0, '& input': { minWidth: 0 } },
  take: { minWidth: '24px', paddingInline: 0 },
  ghost: {
    '& input::placeholder': {
      fontStyle: 'italic',
      color: tokens.colorBrandForeground1,
      opacity: 1,
    },
  },
  quiet: { color: tokens.colorNeutralForeground3 },
  problem: { color: tokens.colorPaletteRedForeground1 },
  tools: { display: 'flex', alignItems: 'center', columnGap: '8px' },
});

/** What a digitised paper is: number, day, issuer, title; what was read on its pages stands there to be accepted. */
export function FactsStrip(props: {
  dossierId: string;
  component: ComponentView;
  editable: boolean;
  current: boolean;
  onSave: (componentId: string, facts: ComponentView['facts']) => void;
}) {
  const styles = useStyles();
  const t = useTexts();
  const { component, onSave } = props;
  const componentId = component.spec.id;
  const kept = useMemo(() => typedFacts(component.facts), [component.facts]);
  const [typed, setTyped] = useState(kept);
  const [badDate, setBadDate] = useState(false);
  const strip = useRef<HTMLDivElement>(null);
  const suggestion = useSuggestion(props.dossierId, componentId, props.editable);
  const suggested = suggestion.data ? typedFacts(suggestion.data.facts) : NO_FACTS;
  const open = FACT_FIELDS.filter((field) => typed[field].trim() === '' && suggested[field] !== '');

  // What was saved, or taken back, is what stands in the fields.
  useEffect(() => {
    setTyped(kept);
    setBadDate(false);
  }, [kept]);

  function save(next: typeof typed): void {
    const facts = keptFacts(next);
    setBadDate(facts === 'bad-date');
    if (facts === 'bad-date') return;
    if (JSON.stringify(typedFacts(facts)) !== JSON.stringify(kept)) onSave(componentId, facts);
  }
  function accept(): void {
    const next = filled(typed, suggested);
    setTyped(next);
    save(next);
  }

  if (!props.editable) {
    const words = FACT_FIELDS.map((field) => kept[field]).filter((value) => value !== '');
    return words.length === 0 ? null : (
      <Text size={200} className={mergeClasses(styles.strip, styles.quiet)}>
        {words.join(' · ')}
      </Text>
    );
  }
  // Out of the way: where nothing is known, the fields show at the paper that is being worked on only.
  if (!props.current && isEmpty(kept) && isEmpty(suggested)) return null;

  function take(field: FactField): void {
    const next = { ...typed, [field]: suggested[field] };
    setTyped(next);
    save(next);
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would not flow with its fields
    <div
      ref={strip}
      className={styles.strip}
      role="group"
      aria-label={t('facts.label', { name: component.spec.name })}
      data-facts={componentId}
      onBlur={(event) => {
        if (!strip.current?.contains(event.relatedTarget)) save(typed);
      }}
    >
      {FACT_FIELDS.map((field) => {
        const ghost = typed[field] === '' ? suggested[field] : '';
        return (
          <span key={field} className={mergeClasses(styles.field, styles[field])}>
            <Input
              size="small"
              className={mergeClasses(styles.input, ghost !== '' && styles.ghost)}
              name={`fact-${field}`}
              aria-label={
                ghost === ''
                  ? t(`facts.${field}`)
                  : t('facts.suggested', { field: t(`facts.${field}`), ghost })
              }
              value={typed[field]}
              placeholder={ghost || t(`facts.${field}`)}
              title={typed[field] || ghost || t(`facts.${field}`)}
              maxLength={field === 'title' ? 500 : field === 'issuer' ? 255 : field === 'number' ? 100 : 10}
              autoComplete="off"
              spellCheck={false}
              onChange={(_, data) => setTyped({ ...typed, [field]: data.value })}
              onKeyDown={(event) => {
                if (event.key === 'ArrowRight' && ghost !== '') {
                  event.preventDefault();
                  take(field);
                } else if (event.key === 'Enter' && !event.altKey && !event.nativeEvent.isComposing) {
                  event.preventDefault();
                  save(typed);
                } else if (event.key === 'Escape') {
                  event.stopPropagation();
                  setTyped(kept);
                  setBadDate(false);
                }
              }}
              {...(ghost === ''
                ? {}
                : {
                    contentAfter: (
                      <Button
                        size="small"
                        appearance="transparent"
                        className={styles.take}
                        icon={<CheckmarkRegular />}
                        aria-label={t('facts.take', { field: t(`facts.${field}`) })}
                        title={t('facts.take', { field: t(`facts.${field}`) })}
                        onClick={() => take(field)}
                      />
                    ),
                  })}
            />
          </span>
        );
      })}
      <span className={styles.tools}>
        {open.length > 0 && (
          <Button size="small" onClick={accept} data-accept={componentId}>
            {t('facts.accept')}
            {props.current && (
              <>
                &nbsp;<Keycap>Alt Enter</Keycap>
              </>
            )}
          </Button>
        )}
        {suggestion.data?.state === 'reading' && (
          <Text size={200} className={styles.quiet} role="status">
            {t('facts.reading')}
          </Text>
        )}
        {badDate && (
          <Text size={200} className={styles.problem} role="alert">
            {t('facts.badDate')}
          </Text>
        )}
      </span>
    </div>
  );
}
