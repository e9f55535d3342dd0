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
  tokens,
} from '@fluentui/react-components';
import { type TextKey, useTexts } from '../../app/texts.tsx';
import { Keycap } from '../../ui/Keycap.tsx';

const useStyles = makeStyles({
  surface: { width: 'min(980px, calc(100vw - 32px))', maxWidth: 'none' },
  groups: {
    columnCount: 2,
    columnGap: '28px',
    '@media (max-width: 760px)': { columnCount: 1 },
  },
  table: { borderCollapse: 'collapse', width: '100%', breakInside: 'avoid', marginBottom: '10px' },
  caption: { textAlign: 'left', fontWeight: tokens.fontWeightSemibold, paddingBlock: '2px 4px' },
  keys: {
    width: '124px',
    padding: '3px 10px 3px 0',
    verticalAlign: 'top',
    textAlign: 'left',
    fontWeight: tokens.fontWeightRegular,
  },
  what: {
    padding: '3px 0',
    fontSize: tokens.fontSizeBase200,
    borderBottom: `1px solid ${tokens.colorNeutralStroke3}`,
  },
  notes: { marginBlock: '12px 0', paddingLeft: '18px', color: tokens.colorNeutralForeground2 },
});

type Line = readonly [readonly string[], TextKey];

const GROUPS: readonly (readonly [TextKey, readonly Line[]])[] = [
  [
    'help.group.dossier',
    [
      [['F1'], 'help.key.help'],
      [['F2'], 'help.key.new'],
      [['F4'], 'help.key.citizen'],
      [['Shift F4'], 'help.key.cardGlass'],
      [['Ctrl Shift F4'], 'help.key.cardPhoto'],
      [['Ctrl Enter'], 'help.key.known'],
      [['Shift F2'], 'help.key.intake'],
      [['F8'], 'help.key.sign'],
      [['Shift F8'], 'help.key.signAll'],
      [['Shift F7'], 'help.key.check'],
      [['F9'], 'help.key.receive'],
      [['F10'], 'help.key.step'],
      [['Shift F9'], 'help.key.steps'],
      [['Ctrl F9'], 'help.key.fees'],
      [['Shift F10'], 'help.key.history'],
      [['Ctrl Z', 'Ctrl Y'], 'help.key.undo'],
      [['Esc'], 'help.key.escape'],
    ],
  ],
  [
    'help.group.papers',
    [
      [['F6'], 'help.key.scan'],
      [['F6'], 'help.key.scanNext'],
      [['Shift F6'], 'help.key.copy'],
      [['F3'], 'help.key.import'],
      [['Shift F3'], 'help.key.inbox'],
      [['Alt ↑', 'Alt ↓'], 'help.key.component'],
      [['Alt Enter'], 'help.key.facts'],
      [['F7'], 'help.key.doubtful'],
    ],
  ],
  [
    'help.group.pages',
    [
      [['Enter'], 'help.key.view'],
      [['Shift →', 'Ctrl A'], 'help.key.select'],
      [['Delete'], 'help.key.remove'],
      [['B'], 'help.key.blanks'],
      [['M'], 'help.key.move'],
      [['Alt ←', 'Alt →'], 'help.key.order'],
      [['T'], 'help.key.split'],
      [['G'], 'help.key.merge'],
      [['[', ']'], 'help.key.turn'],
      [['R'], 'help.key.replace'],
      [['I'], 'help.key.before'],
    ],
  ],
  [
    'help.group.viewer',
    [
      [['Enter', 'Space'], 'help.key.stand'],
      [['C'], 'help.key.crop'],
      [['S'], 'help.key.straighten'],
      [['A', 'O'], 'help.key.auto'],
      [['B'], 'help.key.compare'],
      [['Z'], 'help.key.zoom'],
    ],
  ],
];

/** All keys of the screen on one page. */
export function HelpDialog(props: { open: boolean; onClose: () => void }) {
  const styles = useStyles();
  const t = useTexts();
  return (
    <Dialog open={props.open} onOpenChange={(_, data) => !data.open && props.onClose()}>
      <DialogSurface className={styles.surface}>
        <DialogBody>
          <DialogTitle>{t('help.title')}</DialogTitle>
          <DialogContent>
            <div className={styles.groups}>
              {GROUPS.map(([title, lines]) => (
                <table key={title} className={styles.table}>
                  <caption className={styles.caption}>{t(title)}</caption>
                  <tbody>
                    {lines.map(([keys, what]) => (
                      <tr key={what}>
                        <th scope="row" className={styles.keys}>
                          {keys.map((key) => (
                            <span key={key}>
                              <Keycap>{key}</Keycap>{' '}
                            </span>
                          ))}
                        </th>
                        <td className={styles.what}>{t(what)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              ))}
            </div>
            <ul className={styles.notes}>
              <li>
                <Text>{t('help.note.gun')}</Text>
              </li>
              <li>
                <Text>{t('help.note.offline')}</Text>
              </li>
              <li>
                <Text>{t('help.note.confidential')}</Text>
              </li>
            </ul>
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" onClick={props.onClose}>
              {t('action.close')}&nbsp;<Keycap onBrand>Esc</Keycap>
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
