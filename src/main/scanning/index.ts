/** What the engine and the command line need of scanning. */
export { type DeviceLocks, deviceLocks, type ScannerDeps, scannerDeps } from './deps.ts';
export { normaliseScannerAddress } from './escl/address.ts';
export { type DevicePin, memoryPins, type PinStore } from './escl/certificate.ts';
export { type DiscoveryOptions, discoverEscl, listEsclDevices } from './escl/discovery.ts';
export type { FoundScanner } from './found.ts';
export { listHelperDevices } from './helper/scanner.ts';
export { type HelperSpec, type Helpers, NAPS2_DRIVERS } from './helper/spec.ts';
export { DEFAULT_LIMITS, type ScanLimits } from './limits.ts';
export { openScanner } from './open.ts';
export { formatOf } from './pages/whole.ts';
export type { RawPage, Scanner } from './port.ts';
export { listSaneDevices } from './sane/scanner.ts';
export { helperUri, saneUri } from './uri.ts';
