import type { ScanSettings } from '../../../contract/model.ts';

/**
 * A helper as an admin configures it, under a name that scanner URIs use. Program, arguments and addresses come from
 * here alone: a URI, a screen or a device never chooses what is started.
 */
export type HelperSpec = JsonLinesHelper | Naps2ConsoleHelper | Naps2ServerHelper;
export type Helpers = Readonly<Record<string, HelperSpec>>;

interface HelperProgram {
  /** Absolute path. */
  readonly program: string;
  /** Put before what the counter adds itself. A server gets these alone, `server` where there are none. */
  readonly args?: readonly string[];
  /** Added to the environment of the counter. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A program that speaks the contract of docs/scan-helper.md. */
export interface JsonLinesHelper extends HelperProgram {
  readonly kind: 'json-lines';
}

export const NAPS2_DRIVERS = ['wia', 'twain', 'escl', 'sane', 'apple'] as const;

/** NAPS2.Console.exe (Windows); `naps2` with the argument `console` elsewhere. */
export interface Naps2ConsoleHelper extends HelperProgram {
  readonly kind: 'naps2-console';
  readonly driver: (typeof NAPS2_DRIVERS)[number];
  /** What its scanners have, since the program cannot be asked; all three where this is not given. */
  readonly sources?: readonly ScanSettings['source'][];
  /** 1 to 100; 90 where this is not given. */
  readonly jpegQuality?: number;
}

/**
 * NAPS2 sharing its scanners as an eSCL server on this machine. With a program it is started where nothing answers,
 * and ended after the last scan; without one somebody else runs it.
 */
export interface Naps2ServerHelper extends Omit<HelperProgram, 'program'> {
  readonly kind: 'naps2-server';
  readonly program?: string | undefined;
  /** eSCL root of each shared scanner, by the device name that URIs use: `http://127.0.0.1:PORT/eSCL`. Loopback only. */
  readonly devices: Readonly<Record<string, string>>;
}
