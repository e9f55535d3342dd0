export {
  type GeneratedPaper,
  generatePaper,
  PAPER_KINDS,
  type PaperKind,
  type PaperRequest,
} from './paper/generate.ts';
export {
  type Fault,
  type LogEntry,
  type Paper,
  type ScannerControl,
  type ScannerSimulator,
  type Side,
  type SimulatorOptions,
  samplePapers,
  startScannerSimulator,
} from './simulator.ts';
