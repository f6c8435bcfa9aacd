/**
 * H_TPM_COMM: the TPM proxy of the machine, as QEMU's spapr-tpm-proxy serves it.
 *
 * The order of the checks is QEMU's (hw/ppc/spapr_tpm_proxy.c). Where the contract (docs/specs/ppc-spapr-uv-hcalls.rst)
 * asks for more, the `spec` profile does it and `shipped` does not; each difference is a row of deviations.ts.
 */

import { concat } from '../../common/bytes';
import { TPM_BUFFER_BYTES } from '../../tpm/device';
import { codeValue } from '../codes';
import { type Coroutine, type FirmwareContext, type Routine, askTpm, line } from '../firmware';
import { listing } from '../listing';

const LISTING = listing(
  'H_TPM_COMM',
  'hypervisor',
  'QEMU docs/specs/ppc-spapr-uv-hcalls.rst and hw/ppc/spapr_tpm_proxy.c',
  `
proxy      | if the machine has no TPM proxy device:            return H_FUNCTION
close      | if operation == TPM_COMM_OP_CLOSE_SESSION:
close.end  |     close the back end, if it is open;             return H_SUCCESS
operation  | if operation != TPM_COMM_OP_EXECUTE:               return H_PARAMETER
in_size    | if in_size is 0 or above 4096:                     return H_P3
out_size   | if out_size is below 4096:                         return H_P5
in_buffer  | if in_buffer..+in_size is not guest memory:        return H_P2      // spec
out_buffer | if out_buffer..+out_size is not guest memory:      return H_P4      // spec
open       | open the back end, unless it is open; if it fails: return H_RESOURCE
read       | copy the command from in_buffer
send       | send the command to the TPM and wait; on an error: return H_RESOURCE
write      | copy the response to out_buffer
done       | r4 = size of the response;                         return H_SUCCESS
`,
);

const EXECUTE = codeValue('TPM_COMM_OP_EXECUTE');
const CLOSE = codeValue('TPM_COMM_OP_CLOSE_SESSION');
const BUFFER = BigInt(TPM_BUFFER_BYTES);

/** QEMU's ppc64_phys_to_real: the top four bits of a guest's address do not count. */
const PHYS_TO_REAL = 0x0fff_ffff_ffff_ffffn;

/** Linux tpm-dev-common refuses a write below the header's first six bytes or below the size that they give. */
function linuxWriteError(command: Uint8Array): string | undefined {
  if (command.length < 6) return `the TPM driver refuses a command of ${command.length} bytes: a header has 10`;
  const size = new DataView(command.buffer, command.byteOffset).getUint32(2);
  if (command.length < size) {
    return `the TPM driver refuses the command: its header says ${size} bytes, in_size says ${command.length}`;
  }
  return undefined;
}

function* run(context: FirmwareContext): Coroutine<bigint> {
  const { call, memory, profile, hypervisor } = context;
  const [operation = 0n, inBuffer = 0n, inSize = 0n, outBuffer = 0n, outSize = 0n] = call.args;
  const shipped = profile === 'shipped';
  const refuse = (code: string, why: string): bigint => {
    context.note(`H_TPM_COMM: ${code}: ${why}`);
    return codeValue(code);
  };
  const unreachable = (why: string): bigint => {
    context.blame(`H_TPM_COMM: H_RESOURCE: ${why}`);
    return codeValue('H_RESOURCE');
  };

  yield* line('proxy');
  if (context.tpm === 'none') return refuse('H_FUNCTION', 'the machine has no TPM proxy ("tpm none")');

  yield* line('close');
  if (operation === CLOSE) {
    yield* line('close.end');
    if (hypervisor.tpmOpen) yield* askTpm({ op: 'close' });
    hypervisor.tpmOpen = false;
    return codeValue('H_SUCCESS');
  }

  yield* line('operation');
  if (operation !== EXECUTE) {
    return refuse('H_PARAMETER', `operation is ${operation}; it must be 1 (execute) or 2 (close session)`);
  }

  yield* line('in_size');
  if (inSize > BUFFER) return refuse('H_P3', `in_size is ${inSize} bytes; the largest TPM command is 4096`);
  if (inSize === 0n) {
    if (!shipped) return refuse('H_P3', 'in_size is 0; a TPM command has at least 10 bytes');
    context.warn('H_TPM_COMM with in_size 0: QEMU would wait for a response for ever; here it ends as H_RESOURCE');
    return codeValue('H_RESOURCE');
  }

  yield* line('out_size');
  if (outSize < BUFFER) return refuse('H_P5', `out_size is ${outSize} bytes; it must be at least 4096`);
  if (shipped && outSize > BUFFER) {
    context.warn(
      `H_TPM_COMM with out_size ${outSize}: QEMU would read past its 4096-byte buffer and abort; here it takes 4096`,
    );
  }

  if (!shipped) {
    yield* line('in_buffer');
    if (!memory.contains(inBuffer, inSize)) {
      return refuse('H_P2', `in_buffer 0x${inBuffer.toString(16)} + ${inSize} bytes is not all memory of the guest`);
    }
    yield* line('out_buffer');
    if (!memory.contains(outBuffer, outSize)) {
      return refuse('H_P4', `out_buffer 0x${outBuffer.toString(16)} + ${outSize} bytes is not all memory of the guest`);
    }
  }

  yield* line('open');
  if (!hypervisor.tpmOpen) {
    const opened = yield* askTpm({ op: 'open' });
    if (opened.error !== undefined) return unreachable(opened.error);
    hypervisor.tpmOpen = true;
  }

  yield* line('read');
  const from = inBuffer & PHYS_TO_REAL;
  const command = shipped ? readAnywhere(context, from, Number(inSize)) : memory.read(inBuffer, Number(inSize));
  context.local('command', command, 'bytes for the TPM');

  yield* line('send');
  if (shipped || context.tpm === 'external') {
    const refused = linuxWriteError(command);
    if (refused !== undefined) return refuse('H_RESOURCE', refused);
  }
  const answer = yield* askTpm({ op: 'transmit', command });
  if (answer.error !== undefined || answer.response === undefined) {
    return unreachable(answer.error ?? 'the TPM gave no response');
  }
  const response = answer.response.subarray(0, TPM_BUFFER_BYTES);
  context.local('response', response, 'bytes from the TPM');

  yield* line('write');
  if (shipped) writeAnywhere(context, outBuffer & PHYS_TO_REAL, response);
  else memory.write(outBuffer, response);

  yield* line('done');
  context.setGpr(4, BigInt(response.length));
  return codeValue('H_SUCCESS');
}

/** What QEMU's cpu_physical_memory_read gives: zeros where there is no memory. */
function readAnywhere(context: FirmwareContext, gpa: bigint, length: number): Uint8Array {
  if (context.memory.contains(gpa, BigInt(length))) return context.memory.read(gpa, length);
  context.warn(`H_TPM_COMM: in_buffer 0x${gpa.toString(16)} is not all memory of the guest; QEMU reads zeros there`);
  const bytes = Array.from({ length }, (_, i) => {
    const at = gpa + BigInt(i);
    return context.memory.contains(at, 1n) ? context.memory.read(at, 1) : new Uint8Array(1);
  });
  return concat(...bytes);
}

/** What QEMU's cpu_physical_memory_write does: bytes without memory behind them are lost. */
function writeAnywhere(context: FirmwareContext, gpa: bigint, bytes: Uint8Array): void {
  if (context.memory.contains(gpa, BigInt(bytes.length))) {
    context.memory.write(gpa, bytes);
    return;
  }
  context.warn(`H_TPM_COMM: out_buffer 0x${gpa.toString(16)} is not all memory of the guest; QEMU loses those bytes`);
  bytes.forEach((byte, i) => {
    const at = gpa + BigInt(i);
    if (context.memory.contains(at, 1n)) context.memory.write(at, Uint8Array.of(byte));
  });
}

export const tpmComm: Routine = { listing: LISTING, run };
