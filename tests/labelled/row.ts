/** One line of the table that the labelled set prints. */
export interface Row {
  readonly section: string;
  /** Pages or pictures that were judged. */
  readonly cases: number;
  readonly measure: string;
  /** What is asked for, as a person reads it: '≥ 99 %', '0'. */
  readonly bar: string;
  readonly value: number;
  readonly ok: boolean;
}

/** 'small' takes seconds and runs in the tests; 'full' takes minutes and makes the table. */
export type Size = 'small' | 'full';

/** A module of tests/labelled/sections. */
export interface Section {
  run(size: Size): Promise<Row[]>;
}
