/** The machine, and the words that it shares with script and debugger. */
export type * from '../common/machine';
export type * from '../common/machine-api';
export { CODE_AREA_BYTES } from '../common/machine';
export { Machine, type MachineServices } from './machine';
