/** The TPM codec: bytes to trees, records and text, and back. */

export {
  buildCommand,
  buildResponse,
  encodeType,
  type FieldValue,
  type FieldValues,
  type SessionFields,
} from './build';
export {
  commandNameOf,
  decodeCommand,
  decodeResponse,
  decodeType,
  encodeMessage,
  MAX_DECODED_BYTES,
  numberToBytes,
} from './message';
export {
  findNode,
  firstProblem,
  walk,
  type DecodedMessage,
  type DecodeError,
  type NodeRole,
  type Problem,
  type TpmNode,
} from './nodes';
export { nodeValue, toRecord } from './record';
export { renderMessage, type RenderOptions } from './render';
export { explainResponseCode, responseCodeAbout, type ResponseCodeExplanation } from './response-code';
