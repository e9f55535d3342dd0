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
  table: { borderCollapse: 'collapse', width: '100%' },
  keys: {
    width: '170px',
    padding: '5px 12px 5px 0',
    textAlign: 'left',
    fontWeight: tokens.fontWeightRegular,
  },
  what: { padding: '5px 0', borderBottom: `1px solid ${tokens.colorNeutralStroke3}` },
  notes: { marginBlock: '12px 0', paddingLeft: '18px', color: tokens.colorNeutralForeground2 },
});

const KEYS: readonly (readonly [readonly string[], TextKey])[] = [
  [['F1'], 'help.key.help'],
  [['F2'], 'help.key.new'],
  [['F4'], 'help.key.citizen'],
  [['F6'], 'help.key.scan'],
  [['Alt ↑', 'Alt ↓'], 'help.key.component'],
  [['Enter'], 'help.key.view'],
  [['Delete'], 'help.key.remove'],
  [['Ctrl Z'], 'help.key.undo'],
  [['Alt ←', 'Alt →'], 'help.key.move'],
  [['Z'], 'help.key.zoom'],
  [['F8'], 'help.key.sign'],
  [['F9'], 'help.key.receive'],
  [['Esc'], 'help.key.escape'],
];

/** All keys of the screen on one page. */
export function HelpDialog(props: { open: boolean; onClose: () => void }) {
  const styles = useStyles();
  const t = useTexts();
  return (
    <Dialog open={props.open} onOpenChange={(_, data) => !data.open && props.onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t('help.title')}</DialogTitle>
          <DialogContent>
            <table className={styles.table}>
              <tbody>
                {KEYS.map(([keys, what]) => (
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
