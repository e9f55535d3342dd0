export { exportRecord, type RecordSnapshot, readStoredFile } from './export.ts';
export { type Fault, type FaultKind, fault, ROUTES, type Route } from './faults.ts';
export { readRecords, type StoredRecord } from './records.ts';
export {
  type ProvinceControl,
  type ProvinceSimulator,
  type ProvinceSimulatorOptions,
  type ProvinceStats,
  startProvinceSimulator,
} from './server.ts';
