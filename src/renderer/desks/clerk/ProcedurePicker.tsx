import { Button, Input, makeStyles, mergeClasses, Spinner, Text, tokens } from '@fluentui/react-components';
import { SearchRegular } from '@fluentui/react-icons/svg/search';
import { useQueryClient } from '@tanstack/react-query';
import { type KeyboardEvent, useEffect, useEffectEvent, useId, useRef, useState } from 'react';
import type { ErrorShape } from '../../../contract/errors.ts';
import type { ProcedureHit } from '../../../contract/procedures.ts';
import { keepDossier, useEngine } from '../../app/engine.tsx';
import { shapeOf } from '../../app/faults.ts';
import { useFormats } from '../../app/formats.ts';
import { useProcedures } from '../../app/queries.ts';
import { useTexts } from '../../app/texts.tsx';
import { Fault } from '../../ui/Fault.tsx';
import { Keycap } from '../../ui/Keycap.tsx';

const useStyles = makeStyles({
  card: {
    flexGrow: 1,
    minHeight: 0,
    display: 'flex',
    flexDirection: 'column',
    rowGap: '12px',
    padding: '20px 24px',
    backgroundColor: tokens.colorNeutralBackground1,
    borderRadius: tokens.borderRadiusLarge,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  head: { display: 'flex', alignItems: 'flex-start', justifyContent: 'space-between', columnGap: '12px' },
  quiet: { color: tokens.colorNeutralForeground3 },
  list: {
    flexGrow: 1,
    minHeight: '120px',
    overflowY: 'auto',
    margin: 0,
    padding: '4px',
    listStyleType: 'none',
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusMedium,
  },
  option: {
    display: 'grid',
    gridTemplateColumns: '92px minmax(0, 1fr) auto',
    columnGap: '12px',
    alignItems: 'center',
    minHeight: '48px',
    padding: '6px 12px',
    borderRadius: tokens.borderRadiusMedium,
    cursor: 'pointer',
    border: '1px solid transparent',
    ':hover': { backgroundColor: tokens.colorNeutralBackground1Hover },
  },
  active: {
    backgroundColor: tokens.colorBrandBackground2,
    boxShadow: `inset 3px 0 0 ${tokens.colorBrandForeground1}`,
    '@media (forced-colors: active)': { border: '1px solid Highlight' },
  },
  code: { fontVariantNumeric: 'tabular-nums', color: tokens.colorNeutralForeground2 },
  name: { fontWeight: tokens.fontWeightSemibold },
  facts: { textAlign: 'right', color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
  empty: { padding: '32px', textAlign: 'center', color: tokens.colorNeutralForeground3 },
  hints: { display: 'flex', columnGap: '16px', color: tokens.colorNeutralForeground3, flexWrap: 'wrap' },
});

/** First step of an intake: which procedure. An empty field lists them all, the most used first. */
export function ProcedurePicker(props: { onOpened: (id: string) => void; onCancel: (() => void) | null }) {
  const styles = useStyles();
  const t = useTexts();
  const engine = useEngine();
  const queries = useQueryClient();
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const [fault, setFault] = useState<ErrorShape | null>(null);
  /** The text for which Enter was pressed before its answer was there. */
  const [awaited, setAwaited] = useState<string | null>(null);
  const opening = useRef(false);
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  const found = useProcedures(text.trim());
  const hits = found.data ?? [];
  const at = Math.min(active, Math.max(0, hits.length - 1));

  const settled = found.isSuccess && !found.isPlaceholderData;

  useEffect(() => input.current?.focus(), []);
  useEffect(() => {
    document.getElementById(`${listId}-${at}`)?.scrollIntoView({ block: 'nearest' });
  }, [listId, at]);

  async function open(hit: ProcedureHit | undefined): Promise<void> {
    if (!hit || opening.current) return;
    opening.current = true;
    setFault(null);
    try {
      // The number is chosen here, so that the same press sent twice opens one dossier.
      const dossier = await engine.call('dossiers.open', {
        procedureCode: hit.code,
        dossierId: crypto.randomUUID(),
      });
      keepDossier(queries, dossier);
      props.onOpened(dossier.id);
    } catch (error) {
      setFault(shapeOf(error));
    } finally {
      opening.current = false;
    }
  }

  // A quick hand presses Enter before the list has followed; the press is kept for the list that belongs to it.
  const openAwaited = useEffectEvent(() => {
    setAwaited(null);
    if (awaited === text) void open(hits[at]);
  });
  useEffect(() => {
    if (settled && awaited !== null) openAwaited();
  }, [settled, awaited]);

  function onKeyDown(event: KeyboardEvent): void {
    const last = hits.length - 1;
    const moves: Record<string, number> = {
      ArrowDown: Math.min(last, at + 1),
      ArrowUp: Math.max(0, at - 1),
      PageDown: Math.min(last, at + 8),
      PageUp: Math.max(0, at - 8),
    };
    const to = moves[event.key];
    if (to !== undefined) {
      event.preventDefault();
      setActive(to);
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      if (settled) void open(hits[at]);
      else setAwaited(text);
    } else if (event.key === 'Escape' && text !== '') {
      event.preventDefault();
      setText('');
    } else if (event.key === 'Escape') {
      props.onCancel?.();
    }
  }

  return (
    <section className={styles.card} aria-labelledby={`${listId}-title`}>
      <div className={styles.head}>
        <div>
          <Text as="h2" block size={600} weight="semibold" id={`${listId}-title`}>
            {t('procedure.title')}
          </Text>
          <Text className={styles.quiet}>{t('procedure.hint')}</Text>
        </div>
        {props.onCancel && (
          <Button onClick={props.onCancel}>
            {t('action.back')}&nbsp;<Keycap>Esc</Keycap>
          </Button>
        )}
      </div>
      <Input
        size="large"
        input={{ ref: input }}
        value={text}
        onChange={(_, data) => {
          setText(data.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
        contentBefore={<SearchRegular />}
        placeholder={t('procedure.search')}
        role="combobox"
        aria-label={t('procedure.search')}
        aria-expanded="true"
        aria-autocomplete="list"
        aria-controls={listId}
        aria-activedescendant={hits.length > 0 ? `${listId}-${at}` : undefined}
        maxLength={200}
      />
      {fault && <Fault fault={fault} onDismiss={() => setFault(null)} />}
      {found.error && <Fault fault={shapeOf(found.error)} />}
      {found.data && hits.length === 0 ? (
        <Text className={styles.empty}>{t('procedure.none', { text: text.trim() })}</Text>
      ) : (
        <div id={listId} role="listbox" aria-label={t('procedure.list')} className={styles.list}>
          {!found.data && !found.error && <Spinner size="small" label={t('procedure.loading')} />}
          {hits.map((hit, index) => (
            <Option
              key={hit.code}
              id={`${listId}-${index}`}
              hit={hit}
              active={index === at}
              onPick={() => void open(hit)}
            />
          ))}
        </div>
      )}
      <div className={styles.hints}>
        <span>
          <Keycap>↑</Keycap> <Keycap>↓</Keycap> {t('procedure.keys.move')}
        </span>
        <span>
          <Keycap>Enter</Keycap> {t('procedure.keys.pick')}
        </span>
      </div>
    </section>
  );
}

function Option(props: { id: string; hit: ProcedureHit; active: boolean; onPick: () => void }) {
  const styles = useStyles();
  const t = useTexts();
  const formats = useFormats();
  return (
    // The search field keeps the focus and handles the keys (combobox pattern); a press of the mouse is extra.
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the combobox
    <div
      id={props.id}
      role="option"
      tabIndex={-1}
      aria-selected={props.active}
      className={mergeClasses(styles.option, props.active && styles.active)}
      onMouseDown={(e) => e.preventDefault()}
      onClick={props.onPick}
    >
      <span className={styles.code}>{props.hit.code}</span>
      <span>
        <span className={styles.name}>{props.hit.name}</span>
        <br />
        <Text size={200} className={styles.quiet}>
          {props.hit.field.name}
        </Text>
      </span>
      <span className={styles.facts}>
        {formats.duration(props.hit.duration)}
        <br />
        {t('procedure.components', { n: props.hit.componentCount })}
      </span>
    </div>
  );
}
