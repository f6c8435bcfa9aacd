/**
 * The back end of the TPM proxy: the embedded TPM at once, an external one through the gate.
 *
 * While a command is on its way the TPM has a frame of its own on the call stack.
 */

import { messageOf } from '../common/errors';
import type { Frame } from '../common/frames';
import type { MachineConfig, MachineEvent, TpmChoice } from '../common/machine';
import { listingLine } from '../pef/listing';
import type { TpmAnswer, TpmRequest } from '../pef/firmware';
import { TPM_LISTING } from '../pef/tpm-listing';
import { commandNameOf } from '../tpm/codec';
import type { EmbeddedDevice, ExternalDevice } from '../tpm/device';
import { EmbeddedTpm } from '../tpm/embedded';
import { InputLog } from './input-log';

export interface Exchange {
  readonly command: Uint8Array;
  readonly response?: Uint8Array;
}

type Stage = 'receive' | 'execute' | 'respond';

interface Pending {
  readonly request: TpmRequest;
  stage: Stage;
  answer?: TpmAnswer;
}

export interface ProxyParts {
  readonly embedded?: EmbeddedDevice;
  /** Makes the device at its first use, so that a scenario without TPM calls needs none. */
  readonly external?: () => ExternalDevice;
  readonly log: InputLog;
  /** Name of a command for its frame, for instance `TPM2_GetRandom`. */
  readonly nameOf: (command: Uint8Array) => string;
}

export class TpmProxy {
  readonly kind: 'none' | 'embedded' | 'external';
  exchange: Exchange | undefined;
  readonly #parts: ProxyParts;
  #device: ExternalDevice | undefined;
  /** The connection was broken off in the middle of an exchange. */
  #broken = false;
  #pending: Pending | undefined;
  readonly #initial: unknown;

  constructor(choice: TpmChoice, parts: ProxyParts) {
    this.kind = choice.kind === 'none' || choice.kind === 'embedded' ? choice.kind : 'external';
    this.#parts = parts;
    this.#initial = parts.embedded?.save();
  }

  /** The proxy that a machine's configuration asks for. @param makeExternal makes the device of an external TPM */
  static of({ tpm, seed }: MachineConfig, makeExternal?: (choice: TpmChoice) => ExternalDevice): TpmProxy {
    return new TpmProxy(tpm, {
      embedded: tpm.kind === 'embedded' ? new EmbeddedTpm(seed) : undefined,
      external: makeExternal && (() => makeExternal(tpm)),
      log: new InputLog(),
      nameOf: commandNameOf,
    });
  }

  /** A request is being served. */
  get busy(): boolean {
    return this.#pending !== undefined;
  }

  /** The next `advance` needs an outside answer, recorded or not. */
  get #needsAnswer(): boolean {
    const pending = this.#pending;
    if (!pending || this.kind !== 'external' || pending.answer) return false;
    return pending.request.op !== 'transmit' || pending.stage === 'execute';
  }

  get waiting(): boolean {
    return this.#needsAnswer && this.#pending !== undefined && !this.#parts.log.peek(this.#pending.request);
  }

  begin(request: TpmRequest, events: MachineEvent[]): void {
    this.#pending = { request, stage: 'receive' };
    if (request.op !== 'transmit') return;
    this.exchange = { command: request.command };
    events.push({ kind: 'tpm command', bytes: request.command });
  }

  /** One tick of the back end; gives the answer in the last one. */
  advance(events: MachineEvent[]): TpmAnswer | undefined {
    const pending = this.#pending;
    if (!pending) return undefined;
    const { request } = pending;
    if (request.op !== 'transmit') return this.#finish(this.#answerTo(request));
    if (pending.stage === 'receive') {
      pending.stage = 'execute';
      return undefined;
    }
    if (pending.stage === 'execute') {
      pending.answer = this.#answerTo(request);
      if (pending.answer.response) {
        this.exchange = { command: request.command, response: pending.answer.response };
        events.push({ kind: 'tpm response', bytes: pending.answer.response, command: request.command });
      }
      pending.stage = 'respond';
      return undefined;
    }
    return this.#finish(pending.answer ?? { error: 'the TPM gave no answer' });
  }

  #finish(answer: TpmAnswer): TpmAnswer {
    this.#pending = undefined;
    return answer;
  }

  #answerTo(request: TpmRequest): TpmAnswer {
    if (this.kind === 'external') {
      const answer = this.#parts.log.peek(request) ?? { error: 'the TPM was not asked' };
      this.#parts.log.consume();
      return answer;
    }
    if (!this.#parts.embedded) return { error: 'there is no TPM' };
    return request.op === 'transmit' ? { response: this.#parts.embedded.execute(request.command) } : {};
  }

  /** Asks the outside TPM for the answer that `waiting` waits for, and records it. Never rejects. */
  async service(signal?: AbortSignal): Promise<void> {
    const pending = this.#pending;
    if (!pending || !this.waiting) return;
    const answer = await this.#ask(pending.request, signal);
    // An interrupted request has no answer: it is asked again when the run goes on.
    if (signal?.aborted || this.#pending !== pending) {
      this.#broken = true;
      return;
    }
    this.#parts.log.record(pending.request, answer);
  }

  async #ask(request: TpmRequest, signal?: AbortSignal): Promise<TpmAnswer> {
    try {
      const device = (this.#device ??= this.#parts.external?.());
      if (!device) return { error: 'this program cannot reach an external TPM; use "tpm embedded"' };
      if (request.op === 'open' || this.#broken) {
        if (this.#broken) await device.close();
        await device.open(signal);
        this.#broken = false;
      }
      if (request.op === 'open') return {};
      if (request.op === 'close') await device.close();
      else return { response: await device.transmit(request.command, signal) };
      return {};
    } catch (error) {
      return { error: messageOf(error) };
    }
  }

  /** The TPM's frame while it has a command. */
  frame(): Frame | undefined {
    const pending = this.#pending;
    if (pending?.request.op !== 'transmit') return undefined;
    const line = listingLine(TPM_LISTING, pending.stage);
    const { command } = pending.request;
    const response = pending.answer?.response;
    return {
      kind: 'tpm',
      name: this.#parts.nameOf(command),
      location: {
        source: { kind: 'listing', name: TPM_LISTING.name },
        range: { line, column: 1, endLine: line, endColumn: 1 + (TPM_LISTING.lines[line - 3]?.text.length ?? 0) },
      },
      locals: [
        { name: 'command', value: command, doc: 'bytes of the command' },
        ...(response ? [{ name: 'response', value: response, doc: 'bytes of the response' }] : []),
      ],
    };
  }

  /** State of the embedded TPM, plain data. */
  state(): unknown {
    return this.#parts.embedded?.save();
  }

  /** State beyond the embedded TPM's own, for hashing. */
  summary(): string {
    const pending = this.#pending;
    return `${this.kind} ${pending ? `${pending.request.op} ${pending.stage}` : 'idle'} ${this.#parts.log.position}`;
  }

  reset(): void {
    this.#pending = undefined;
    this.exchange = undefined;
    if (this.#parts.embedded) this.#parts.embedded.restore(this.#initial);
    this.#parts.log.rewind();
  }

  /** Ends the connection of an external TPM. Never rejects. */
  async dispose(): Promise<void> {
    await this.#device?.close();
  }
}
