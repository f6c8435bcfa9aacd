/** ESM blobs: reading, finding in an initrd, opening, verifying, making. */

export * from './blob';
export * from './digests';
export * from './edit';
export * from './limits';
export * from './locate';
export * from './open';
export { isFileName } from './rules';
