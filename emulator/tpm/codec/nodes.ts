/** What decoding gives: a tree of fields with their places in the bytes, and never an exception. */

/** A value that the specification does not allow at its place; decoding goes on after it. */
export interface Problem {
  /** Response code that a TPM gives for it: `TPM_RC_VALUE`. */
  readonly rc: string;
  readonly message: string;
}

/** Why decoding stopped or what does not fit as a whole. */
export interface DecodeError {
  /** `truncated`, `trailing-bytes`, `size-mismatch`, `unknown-tag`, `unknown-command`, `unknown-selector`, `bad-size`, `too-long` */
  readonly code: string;
  readonly message: string;
  /** First byte that could not be decoded. */
  readonly offset: number;
  /** Response code that a TPM gives for it. */
  readonly rc: string;
}

/**
 * How a node holds its bytes: `number` and `bytes` are leaves with a value; `bits` has a value, and one `bit` child a
 * row without bytes of its own; the others consist of their children.
 */
export type NodeRole = 'number' | 'bytes' | 'bits' | 'bit' | 'structure' | 'sized' | 'list' | 'group';

export interface TpmNode {
  /** Names from the message down: `parameters.inPublic.publicArea.type`, `authorizationArea[0].nonce`. */
  readonly path: string;
  readonly name: string;
  /** Name in the specification; `BYTE[]` for plain bytes; the command's name for a message. */
  readonly type: string;
  readonly role: NodeRole;
  /** Byte range in the message. */
  readonly offset: number;
  readonly length: number;
  /** Unsigned, of the width of the field. */
  readonly value: bigint | Uint8Array | undefined;
  /** The value in names: `TPM_RH_OWNER`, `fixedTPM | decrypt`, `PCR 0, 1, 7`. */
  readonly text: string | undefined;
  readonly doc: string | undefined;
  readonly problem: Problem | undefined;
  /** Whether a session encrypts these bytes, so that their structure is not visible. */
  readonly encrypted: boolean;
  /** False when the bytes ended inside the node. */
  readonly complete: boolean;
  readonly children: readonly TpmNode[];
}

export interface DecodedMessage {
  readonly kind: 'command' | 'response' | 'value';
  /** `TPM2_GetRandom`; `TPM2_0x20000001` for an unknown code; `response` without its command; a type's name. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly commandCode: number | undefined;
  readonly responseCode: number | undefined;
  /** The whole message; its leaves cover every byte. */
  readonly root: TpmNode;
  readonly handles: readonly TpmNode[];
  readonly sessions: readonly TpmNode[];
  readonly parameters: readonly TpmNode[];
  readonly error: DecodeError | undefined;
}

/** Nodes from the root on, in the order of the bytes. */
export function* walk(node: TpmNode): Generator<TpmNode> {
  yield node;
  for (const child of node.children) yield* walk(child);
}

/** The node of that path, or undefined. */
export function findNode(root: TpmNode, path: string): TpmNode | undefined {
  for (const node of walk(root)) if (node.path === path) return node;
  return undefined;
}

/** The first value in the order of the bytes that the specification does not allow. */
export function firstProblem(root: TpmNode): (Problem & { node: TpmNode }) | undefined {
  for (const node of walk(root)) if (node.problem) return { ...node.problem, node };
  return undefined;
}
