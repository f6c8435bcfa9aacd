/** What this adapter can do, one line each. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { EVENT_CLASSES } from '../../emulator/timeline/events';

export const CAPABILITIES: DebugProtocol.Capabilities = {
  // The run starts when the client has sent its breakpoints.
  supportsConfigurationDoneRequest: true,
  // Ultracalls, hypercalls, interrupts and TPM commands by name or number.
  supportsFunctionBreakpoints: true,
  // Any expression of the scenario language.
  supportsConditionalBreakpoints: true,
  // `5`, `>= 3`, `% 2`; counted from the start of the recording.
  supportsHitConditionalBreakpoints: true,
  // `{expression}` in the message.
  supportsLogPoints: true,
  // Classes of events; a condition narrows one: `UV_SHARE_PAGE && r4 >= 0x100`.
  exceptionBreakpointFilters: EVENT_CLASSES.map((row) => ({
    filter: row.name,
    label: row.label,
    description: row.doc,
    default: row.byDefault,
    supportsCondition: true,
    conditionDescription: 'Names of events and an expression, joined by &&: UV_SHARE_PAGE && r4 >= 0x100',
  })),
  supportsExceptionFilterOptions: true,
  supportsExceptionInfoRequest: true,
  // One flag for step back and reverse continue.
  supportsStepBack: true,
  // `instruction` is one tick: an instruction, a line of a listing, an operation of the script.
  supportsSteppingGranularity: true,
  supportsInstructionBreakpoints: true,
  // Registers, variables, bytes: stops after they changed.
  supportsDataBreakpoints: true,
  supportsDataBreakpointBytes: true,
  supportsBreakpointLocationsRequest: true,
  // Registers, their bits, and variables.
  supportsSetVariable: true,
  supportsSetExpression: true,
  supportsEvaluateForHovers: true,
  supportsClipboardContext: true,
  supportsCompletionsRequest: true,
  completionTriggerCharacters: ['.', '_'],
  // `real:`, `<guest>:` and plain effective addresses.
  supportsReadMemoryRequest: true,
  supportsWriteMemoryRequest: true,
  supportsDisassembleRequest: true,
  // Hexadecimal on request.
  supportsValueFormattingOptions: true,
  // Scenario files and listings.
  supportsLoadedSourcesRequest: true,
  // The scenario is loaded anew; breakpoints stay.
  supportsRestartRequest: true,
  supportsTerminateRequest: true,
  supportTerminateDebuggee: true,
  // The outcome of a run in colour.
  supportsANSIStyling: true,
  // Ends a search backwards where it began.
  supportsCancelRequest: true,
};
