/**
 * Where the published contract and the shipped code differ: one row each, with both behaviours.
 *
 * The models look at the profile where they differ; these rows say so in words, and the tests run each of them.
 */

export interface DeviationRow {
  /** Stable identifier: the call, then the matter. */
  readonly id: string;
  readonly call: string;
  readonly when: string;
  readonly spec: string;
  readonly shipped: string;
  readonly source: string;
}

const QEMU = 'QEMU hw/ppc/spapr_tpm_proxy.c against docs/specs/ppc-spapr-uv-hcalls.rst';

export const DEVIATIONS: readonly DeviationRow[] = [
  {
    id: 'H_TPM_COMM/in_buffer',
    call: 'H_TPM_COMM',
    when: 'in_buffer..+in_size is not all memory of the guest',
    spec: 'H_P2, before anything is sent',
    shipped: 'no check; the address loses its top four bits and bytes without memory read as zero',
    source: QEMU,
  },
  {
    id: 'H_TPM_COMM/out_buffer',
    call: 'H_TPM_COMM',
    when: 'out_buffer..+out_size is not all memory of the guest',
    spec: 'H_P4, before anything is sent',
    shipped: 'no check; the command runs and bytes without memory are lost',
    source: QEMU,
  },
  {
    id: 'H_TPM_COMM/in_size 0',
    call: 'H_TPM_COMM',
    when: 'in_size is 0',
    spec: 'H_P3',
    shipped: 'QEMU writes nothing and waits for a response for ever; reported as a warning and ended as H_RESOURCE',
    source: QEMU,
  },
  {
    id: 'H_TPM_COMM/out_size above 4096',
    call: 'H_TPM_COMM',
    when: 'out_size is above 4096',
    spec: 'accepted; a response has at most 4096 bytes',
    shipped: 'QEMU reads past its buffer and aborts; reported as a warning and taken as 4096',
    source: QEMU,
  },
  {
    id: 'H_TPM_COMM/header size',
    call: 'H_TPM_COMM',
    when: 'the command is shorter than six bytes or than its header says, and the TPM is the embedded one',
    spec: 'the TPM answers the bytes itself (TPM_RC_COMMAND_SIZE)',
    shipped: 'H_RESOURCE: the write to the TPM device fails with EINVAL',
    source: 'Linux drivers/char/tpm/tpm-dev-common.c',
  },
];
