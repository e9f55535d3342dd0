import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import type { PageView, Quad } from '../../../../contract/model.ts';
import { useTexts } from '../../../app/texts.tsx';
import { EditorFrame } from './EditorFrame.tsx';
import { isUsable, WHOLE, withCorner } from './treatments.ts';

const useStyles = makeStyles({
  overlay: { position: 'absolute', inset: 0, width: '100%', height: '100%', pointerEvents: 'none' },
  corner: {
    position: 'absolute',
    width: '28px',
    height: '28px',
    marginLeft: '-14px',
    marginTop: '-14px',
    padding: 0,
    borderRadius: '50%',
    border: `3px solid ${tokens.colorBrandStroke1}`,
    backgroundColor: 'rgb(255 255 255 / 55%)',
    cursor: 'grab',
    touchAction: 'none',
    '@media (forced-colors: active)': { border: '3px solid Highlight' },
  },
});

/** Fractions of the picture that an arrow moves a corner by. */
const FINE = 0.002;
const COARSE = 0.02;
const CORNERS = ['topLeft', 'topRight', 'bottomRight', 'bottomLeft'] as const;

/** The corners are there only once the picture is; the first then takes the keys. */
function focusIt(element: HTMLElement | null): void {
  element?.focus();
}

/** The sheet's four corners on the picture as the scanner gave it, moved by mouse or by arrows. */
export function CropEditor(props: {
  page: PageView;
  onApply: (crop: Quad | null) => void;
  onCancel: () => void;
}) {
  const styles = useStyles();
  const t = useTexts();
  const [quad, setQuad] = useState<Quad>(props.page.treatment.crop ?? WHOLE);
  const usable = isUsable(quad);
  const apply = () => {
    if (usable) props.onApply(JSON.stringify(quad) === JSON.stringify(WHOLE) ? null : quad);
  };
  function onKeyDown(event: React.KeyboardEvent, corner: number): void {
    const { x, y } = quad[corner]!;
    const by = event.shiftKey ? COARSE : FINE;
    const to: Record<string, readonly [number, number]> = {
      ArrowLeft: [x - by, y],
      ArrowRight: [x + by, y],
      ArrowUp: [x, y - by],
      ArrowDown: [x, y + by],
    };
    const place = to[event.key];
    if (place) {
      event.preventDefault();
      setQuad(withCorner(quad, corner, ...place));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      apply();
    }
  }
  function onPointerMove(event: React.PointerEvent<HTMLButtonElement>, corner: number): void {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const box = event.currentTarget.parentElement!.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width;
    const y = (event.clientY - box.top) / box.height;
    setQuad(withCorner(quad, corner, x, y));
  }

  const path = quad.map((p) => `${p.x * 100} ${p.y * 100}`).join('L');
  return (
    <EditorFrame
      page={props.page}
      variant="original"
      hint={usable ? t('crop.hint') : t('crop.unusable')}
      tools={<Button onClick={() => setQuad(WHOLE)}>{t('crop.whole')}</Button>}
      canApply={usable}
      onApply={apply}
      onCancel={props.onCancel}
    >
      <svg className={styles.overlay} viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
        <path d={`M0 0H100V100H0ZM${path}Z`} fill="rgb(0 0 0 / 45%)" fillRule="evenodd" />
        <path
          d={`M${path}Z`}
          fill="none"
          stroke={usable ? '#1a6dc2' : '#c22'}
          strokeWidth="2"
          vectorEffect="non-scaling-stroke"
        />
      </svg>
      {quad.map((p, corner) => (
        <button
          key={CORNERS[corner]}
          ref={corner === 0 ? focusIt : undefined}
          type="button"
          className={`own-focus ${styles.corner}`}
          style={{ left: `${p.x * 100}%`, top: `${p.y * 100}%` }}
          data-corner={corner}
          aria-label={t(`crop.corner.${CORNERS[corner]!}`)}
          onKeyDown={(event) => onKeyDown(event, corner)}
          onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
          onPointerMove={(event) => onPointerMove(event, corner)}
        />
      ))}
    </EditorFrame>
  );
}
