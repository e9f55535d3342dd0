import { describe, expect, it } from 'vitest';
import { fitWithin } from '../../../src/renderer/desks/clerk/viewer/fit.ts';
import {
  degrees,
  isOn,
  isUsable,
  STEPS,
  WHOLE,
  withCorner,
  without,
  withStep,
} from '../../../src/renderer/desks/clerk/viewer/treatments.ts';
import { page } from './support.ts';

describe('the steps of a treatment', () => {
  const treated = {
    crop: WHOLE,
    turn: 90,
    straightenedBy: 1.3,
    light: true,
    edges: true,
    colour: 'color',
  } as const;

  it('are switched off one by one, and on again as they were', () => {
    for (const step of STEPS) {
      expect(isOn(treated, step)).toBe(true);
      const off = { ...treated, ...without(step) } as typeof treated;
      expect(isOn(off, step)).toBe(false);
      const on = { ...off, ...withStep(step, page('a'), treated) } as typeof treated;
      expect(on).toEqual(treated);
    }
  });

  it('that nobody has seen on are switched on as the program sees it, or need a hand', () => {
    const sideways = page('a', {
      findings: { ...page('a').findings, orientation: { turn: 270, confidence: 0.9 } },
    });
    expect(withStep('turn', sideways, undefined)).toEqual({ turn: 270 });
    expect(withStep('turn', page('a'), undefined)).toEqual({ turn: 180 });
    expect(withStep('crop', page('a'), undefined)).toBeNull();
    expect(withStep('straighten', page('a'), undefined)).toBeNull();
    expect(withStep('light', page('a'), undefined)).toEqual({ light: true });
  });
});

describe('cropping by hand', () => {
  it('keeps corners within the picture', () => {
    expect(withCorner(WHOLE, 2, 1.4, -0.2)[2]).toEqual({ x: 1, y: 0 });
    expect(withCorner(WHOLE, 2, 0.9, 0.8)[0]).toEqual(WHOLE[0]);
  });

  it('takes convex sheets only, large enough and not turned inside out', () => {
    expect(isUsable(WHOLE)).toBe(true);
    expect(isUsable(withCorner(WHOLE, 0, 0.2, 0.1))).toBe(true);
    expect(isUsable(withCorner(WHOLE, 0, 0.8, 0.8))).toBe(false);
    expect(isUsable(withCorner(WHOLE, 1, 0.005, 0))).toBe(false);
    expect(isUsable([WHOLE[3], WHOLE[2], WHOLE[1], WHOLE[0]])).toBe(false);
    expect(isUsable([WHOLE[0], WHOLE[2], WHOLE[1], WHOLE[3]])).toBe(false);
  });
});

describe('straightening by hand', () => {
  it('goes by tenths of a degree and not too far', () => {
    expect(degrees(0.1 + 0.2)).toBe(0.3);
    expect(degrees(-99)).toBe(-15);
    expect(degrees(15.04)).toBe(15);
  });
});

describe('a picture in its frame', () => {
  it('fills it one way and keeps its proportions', () => {
    expect(fitWithin({ width: 1000, height: 2000 }, { width: 500, height: 500 })).toEqual({
      width: 250,
      height: 500,
    });
    expect(fitWithin({ width: 0, height: 0 }, { width: 500, height: 500 })).toEqual({ width: 0, height: 0 });
  });
});
