/** One machine, composed from a configuration: memory, CPU, firmware models, TPM. */
export type * from './common/machine';
export { CODE_AREA_BYTES } from './common/machine';
