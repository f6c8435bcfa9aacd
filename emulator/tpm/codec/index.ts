/** The TPM codec: bytes to trees, records and text, and back. */

export {
  buildCommand,
  encodeResponseBody,
  encodeType,
  frameResponse,
  type FieldValue,
  type FieldValues,
  type ResponseBody,
  type SessionFields,
} from './build';
export {
  commandNameOf,
  decodeCommand,
  decodeResponse,
  decodeType,
  encodeMessage,
  MAX_DECODED_BYTES,
  type DecodeOptions,
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
export { nodeValue, plainValue, toRecord, type PlainValue } from './record';
export { renderMessage, type RenderOptions } from './render';
export { explainResponseCode, responseCodeAbout, type ResponseCodeExplanation } from './response-code';
