import { Button, Input, makeStyles, mergeClasses, Spinner, Text, tokens } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import { QuestionCircleRegular } from '@fluentui/react-icons/svg/question-circle';
import { SearchRegular } from '@fluentui/react-icons/svg/search';
import { ShieldTaskRegular } from '@fluentui/react-icons/svg/shield-task';
import { SignatureRegular } from '@fluentui/react-icons/svg/signature';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type JSX, type KeyboardEvent, memo, useDeferredValue, useEffect, useRef, useState } from 'react';
import type { DossierRow } from '../../../contract/model.ts';
import { shapeOf } from '../../app/faults.ts';
import { useFormats } from '../../app/formats.ts';
import { useDossierList } from '../../app/queries.ts';
import { useTexts } from '../../app/texts.tsx';
import { Fault } from '../../ui/Fault.tsx';
import { Keycap } from '../../ui/Keycap.tsx';
import { StateMark, stateKey } from './StateMark.tsx';

const ROW_HEIGHT = 76;

const useStyles = makeStyles({
  pane: {
    display: 'flex',
    flexDirection: 'column',
    minHeight: 0,
    backgroundColor: tokens.colorNeutralBackground1,
    borderRadius: tokens.borderRadiusLarge,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    overflow: 'hidden',
    '@media (max-width: 640px)': { maxHeight: '45vh', marginBottom: '8px' },
  },
  head: { display: 'flex', flexDirection: 'column', rowGap: '8px', padding: '12px' },
  new: { justifyContent: 'flex-start', columnGap: '4px' },
  newKey: { marginLeft: 'auto' },
  list: {
    flexGrow: 1,
    minHeight: '80px',
    overflowY: 'auto',
    position: 'relative',
    paddingInline: '6px',
    borderTop: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  items: { listStyleType: 'none', margin: 0, padding: 0, position: 'relative', width: '100%' },
  item: { position: 'absolute', insetInline: 0, top: 0, paddingBlock: '2px' },
  row: {
    width: '100%',
    height: '72px',
    display: 'grid',
    gridTemplateColumns: '22px minmax(0, 1fr)',
    columnGap: '8px',
    padding: '7px 8px',
    textAlign: 'left',
    border: '1px solid transparent',
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: 'transparent',
    color: tokens.colorNeutralForeground1,
    fontFamily: tokens.fontFamilyBase,
    fontSize: tokens.fontSizeBase300,
    cursor: 'pointer',
    ':hover': { backgroundColor: tokens.colorNeutralBackground1Hover },
  },
  selected: {
    backgroundColor: tokens.colorBrandBackground2,
    ':hover': { backgroundColor: tokens.colorBrandBackground2Hover },
    boxShadow: `inset 3px 0 0 ${tokens.colorBrandForeground1}`,
    '@media (forced-colors: active)': { border: '1px solid Highlight' },
  },
  lines: { minWidth: 0, display: 'flex', flexDirection: 'column', rowGap: '1px', lineHeight: '18px' },
  line: { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
  name: { fontWeight: tokens.fontWeightSemibold },
  quiet: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200 },
  empty: { padding: '24px 12px', textAlign: 'center', color: tokens.colorNeutralForeground3 },
  foot: {
    display: 'flex',
    flexDirection: 'column',
    padding: '6px',
    borderTop: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  tool: { justifyContent: 'flex-start', columnGap: '4px', paddingInline: '8px' },
});

/** Dossiers of the counter, newest first; up and down arrows walk through them. */
export function DossierList(props: {
  selected: string | null;
  onOpen: (id: string) => void;
  onNew: () => void;
  onSignAll: () => void;
  onCheck: () => void;
  onHelp: () => void;
}) {
  const styles = useStyles();
  const t = useTexts();
  const [text, setText] = useState('');
  const searched = useDeferredValue(text.trim());
  const list = useDossierList(searched);
  return (
    <nav className={styles.pane} aria-label={t('list.label')}>
      <div className={styles.head}>
        <Button appearance="primary" className={styles.new} icon={<AddRegular />} onClick={props.onNew}>
          {t('list.new')}
          <span className={styles.newKey}>
            <Keycap onBrand>F2</Keycap>
          </span>
        </Button>
        <Input
          value={text}
          onChange={(_, data) => setText(data.value)}
          contentBefore={<SearchRegular />}
          placeholder={t('list.search')}
          aria-label={t('list.search')}
          type="search"
        />
      </div>
      {list.error && <Fault fault={shapeOf(list.error)} />}
      {list.data ? (
        <Rows rows={list.data} selected={props.selected} onOpen={props.onOpen} filtered={searched !== ''} />
      ) : (
        <div className={styles.list}>{!list.error && <Spinner size="small" label={t('list.loading')} />}</div>
      )}
      <div className={styles.foot}>
        <Tool
          icon={<SignatureRegular />}
          label={t('sign.allWaiting')}
          hotkey="Shift F8"
          onClick={props.onSignAll}
        />
        <Tool
          icon={<ShieldTaskRegular />}
          label={t('check.open')}
          hotkey="Shift F7"
          onClick={props.onCheck}
        />
        <Tool icon={<QuestionCircleRegular />} label={t('help.open')} hotkey="F1" onClick={props.onHelp} />
      </div>
    </nav>
  );
}

function Tool(props: { icon: JSX.Element; label: string; hotkey: string; onClick: () => void }) {
  const styles = useStyles();
  return (
    <Button appearance="subtle" className={styles.tool} icon={props.icon} onClick={props.onClick}>
      {props.label}
      <span className={styles.newKey}>
        <Keycap>{props.hotkey}</Keycap>
      </span>
    </Button>
  );
}

function Rows(props: {
  rows: readonly DossierRow[];
  selected: string | null;
  onOpen: (id: string) => void;
  filtered: boolean;
}) {
  const styles = useStyles();
  const t = useTexts();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: props.rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => props.rows[index]!.id,
    overscan: 6,
    paddingStart: 4,
  });

  const selectedAt = props.rows.findIndex((r) => r.id === props.selected);
  useEffect(() => {
    if (selectedAt >= 0) virtual.scrollToIndex(selectedAt);
  }, [selectedAt, virtual]);

  function onKeyDown(event: KeyboardEvent): void {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0 || !(event.target instanceof HTMLElement)) return;
    const at = Number(event.target.closest('[data-index]')?.getAttribute('data-index') ?? -1) + step;
    if (at < 0 || at >= props.rows.length) return;
    event.preventDefault();
    virtual.scrollToIndex(at);
    requestAnimationFrame(() => {
      scroller.current?.querySelector<HTMLElement>(`[data-index="${at}"] button`)?.focus();
    });
  }

  return (
    // The rows are buttons; the arrows are an addition to Tab, not a replacement.
    // biome-ignore lint/a11y/noStaticElementInteractions: only forwards arrow keys between the buttons inside
    <div ref={scroller} className={styles.list} onKeyDown={onKeyDown}>
      {props.rows.length === 0 && (
        <Text as="p" block className={styles.empty}>
          {props.filtered ? t('list.nothingFound') : t('list.empty')}
        </Text>
      )}
      <ul className={styles.items} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => (
          <li
            key={item.key}
            data-index={item.index}
            className={styles.item}
            style={{ transform: `translateY(${item.start}px)` }}
          >
            <Row row={props.rows[item.index]!} selected={item.index === selectedAt} onOpen={props.onOpen} />
          </li>
        ))}
      </ul>
    </div>
  );
}

const Row = memo(function Row(props: { row: DossierRow; selected: boolean; onOpen: (id: string) => void }) {
  const styles = useStyles();
  const t = useTexts();
  const formats = useFormats();
  const { row } = props;
  const when = row.dueAt
    ? t('list.due', { time: formats.time(row.dueAt), date: formats.shortDate(row.dueAt) })
    : t('list.pages', { pages: row.pages, time: formats.time(row.openedAt) });
  return (
    <button
      type="button"
      className={mergeClasses('own-focus', styles.row, props.selected && styles.selected)}
      aria-current={props.selected ? 'true' : undefined}
      onClick={() => props.onOpen(row.id)}
    >
      <StateMark state={row.state} delivery={row.delivery} />
      <span className={styles.lines}>
        <span className={mergeClasses(styles.line, styles.name)}>
          {row.applicantName || t('list.noApplicant')}
        </span>
        <span className={styles.line}>{row.procedureName}</span>
        <span className={mergeClasses(styles.line, styles.quiet)}>
          {t(stateKey(row))} · {when}
        </span>
      </span>
    </button>
  );
});
