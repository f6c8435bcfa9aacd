/**
 * Loading a scenario: reads the file and all that it uses through a provider, checks everything, and compiles it.
 *
 * The emulator opens no files itself: the command line and the debug adapter give a provider over their file system.
 */

import type { MachineConfig } from '../common/machine';
import { analyse } from './analyse';
import type { SourceFile } from './analyse';
import { compile } from './compile';
import type { FileProblem } from './context';
import type { Diagnostic } from './diagnostics';
import { MAX_BYTES } from './operators';
import { MAX_TEXT_LENGTH } from './parser';
import type { Program } from './program';
import { namedFiles, parseText } from './syntax';

/** Why a file cannot be had. */
export type ReadFailure = 'not-found' | 'unreadable' | 'too-large';

/** Access to files. Paths are the provider's own; the loader only hands them back. */
export interface FileProvider {
  /** The bytes of a file of at most `limitBytes`, or why not. Never rejects. */
  read(path: string, limitBytes: number): Promise<Uint8Array | ReadFailure>;
  /**
   * The path that `relative` means in a file at `base`, or undefined when it is relative and leaves the workspace.
   * The same file must always get the same path.
   */
  resolve(base: string, relative: string): string | undefined;
}

/** A scenario file that can run. */
export interface LoadedScenario {
  readonly kind: 'loaded';
  readonly path: string;
  readonly config: MachineConfig;
  readonly program: Program;
  /** Names of the scenarios, in the order of the file. */
  readonly scenarios: readonly string[];
  /** Warnings. */
  readonly diagnostics: readonly Diagnostic[];
}

/** A scenario file with errors. */
export interface RefusedScenario {
  readonly kind: 'refused';
  readonly path: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** Most bytes of a scenario file: four for each character of the longest text. */
const MAX_FILE_BYTES = 4 * MAX_TEXT_LENGTH;
/** Most files that one scenario may use. */
const MAX_FILES = 200;
/** Most bytes of all files that `file "..."` names together. */
const MAX_DATA_BYTES = 4 * MAX_BYTES;
/** Most bytes of all images and initrds together: a kernel with its debug information is some hundred MiB. */
const MAX_IMAGE_BYTES = 1024 * 1024 * 1024;
const START = { line: 1, column: 1, endLine: 1, endColumn: 1 };

/** Reads, checks and compiles a scenario file. Never rejects: what is wrong is in the diagnostics. */
export async function loadScenario(path: string, provider: FileProvider): Promise<LoadedScenario | RefusedScenario> {
  const loader = new Loader(provider);
  const root = await loader.file(path);
  if (!('model' in root)) {
    const diagnostic = { path, range: START, severity: 'error', code: root.code, message: root.message } as const;
    return { kind: 'refused', path, diagnostics: [diagnostic] };
  }
  if (loader.diagnostics.length > 0) return { kind: 'refused', path, diagnostics: loader.diagnostics };
  try {
    const analysis = analyse(root);
    const { diagnostics, config } = analysis;
    if (diagnostics.some(({ severity }) => severity === 'error')) return { kind: 'refused', path, diagnostics };
    const program = compile(analysis);
    return { kind: 'loaded', path, config, program, scenarios: program.scenarios.map(({ name }) => name), diagnostics };
  } catch (error) {
    // The host's stack, on trees that the limits on nesting let through.
    if (!(error instanceof RangeError)) throw error;
    const message = 'The scenario is nested too deep; split it up.';
    return {
      kind: 'refused',
      path,
      diagnostics: [{ path, range: START, severity: 'error', code: 'too-deep', message }],
    };
  }
}

/** The configuration of the machine that a scenario asks for, with the defaults of the language. */
export function machineConfig(loaded: LoadedScenario): MachineConfig {
  return loaded.config;
}

class Loader {
  readonly diagnostics: Diagnostic[] = [];
  private readonly known = new Map<string, SourceFile | FileProblem>();
  private dataBytes = 0;
  private imageBytes = 0;

  constructor(private readonly provider: FileProvider) {}

  /** A file and everything that it uses. */
  async file(path: string): Promise<SourceFile | FileProblem> {
    const root = await this.source(path);
    // Breadth first and one after the other: a circle ends, and the order of diagnostics is that of the text.
    const pending = 'model' in root ? [root] : [];
    for (const file of pending) {
      const { uses, files, images } = namedFiles(file.model);
      for (const named of uses) {
        const resolved = this.provider.resolve(file.path, named);
        const before = this.known.size;
        const used = resolved === undefined ? outside(named) : await this.source(resolved, named);
        (file.uses as Map<string, SourceFile | FileProblem>).set(named, used);
        if ('model' in used && this.known.size > before) pending.push(used);
      }
      for (const named of files) {
        const resolved = this.provider.resolve(file.path, named);
        const content = resolved === undefined ? outside(named) : await this.content(resolved, named);
        (file.files as Map<string, Uint8Array | FileProblem>).set(named, content);
      }
      for (const named of images) {
        const resolved = this.provider.resolve(file.path, named);
        const content = resolved === undefined ? outside(named) : await this.image(resolved, named);
        (file.files as Map<string, Uint8Array | FileProblem>).set(named, content);
      }
    }
    return root;
  }

  private async source(path: string, named = path): Promise<SourceFile | FileProblem> {
    const known = this.known.get(path);
    if (known) return known;
    const file = await this.parsed(path, named);
    this.known.set(path, file);
    return file;
  }

  private async parsed(path: string, named: string): Promise<SourceFile | FileProblem> {
    if (this.known.size >= MAX_FILES) {
      return { code: 'file-too-large', message: `A scenario uses at most ${MAX_FILES} files; join some of them.` };
    }
    const bytes = await this.provider.read(path, MAX_FILE_BYTES);
    if (typeof bytes === 'string') return fileProblem(bytes, named, MAX_FILE_BYTES);
    const text = decode(bytes);
    if (text === undefined) {
      const message = `"${named}" is not UTF-8 text; save it as UTF-8.`;
      this.diagnostics.push({ path, range: START, severity: 'error', code: 'not-utf8', message });
    }
    const { model, diagnostics } = parseText(path, text ?? '');
    this.diagnostics.push(...diagnostics);
    return { path, model, uses: new Map(), files: new Map() };
  }

  /** Contents of an image or initrd, which may be larger than data. */
  private async image(path: string, named: string): Promise<Uint8Array | FileProblem> {
    const limit = MAX_IMAGE_BYTES - this.imageBytes;
    const bytes = await this.provider.read(path, limit);
    if (typeof bytes === 'string') return fileProblem(bytes, named, limit);
    this.imageBytes += bytes.length;
    return bytes.length > limit ? fileProblem('too-large', named, limit) : bytes;
  }

  /** Contents of a data file; all of them together have a limit too. */
  private async content(path: string, named: string): Promise<Uint8Array | FileProblem> {
    const limit = Math.min(MAX_BYTES, MAX_DATA_BYTES - this.dataBytes);
    const bytes = await this.provider.read(path, limit);
    if (typeof bytes === 'string') return fileProblem(bytes, named, limit);
    this.dataBytes += bytes.length;
    return bytes.length > limit ? fileProblem('too-large', named, limit) : bytes;
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The problem with a relative path that leaves the workspace. */
export function outside(named: string): FileProblem {
  const message = `"${named}" leaves the workspace; move the file into it, or write its absolute path.`;
  return { code: 'file-outside', message };
}

/** The problem with a file in words. */
export function fileProblem(failure: ReadFailure, named: string, limitBytes: number): FileProblem {
  switch (failure) {
    case 'not-found':
      return {
        code: 'file-not-found',
        message: `"${named}" cannot be found; check the path, which is relative to this file.`,
      };
    case 'unreadable':
      return {
        code: 'file-unreadable',
        message: `"${named}" cannot be read; check that it is a file and its permissions.`,
      };
    case 'too-large':
      return { code: 'file-too-large', message: `"${named}" is larger than ${limitBytes} bytes; use a smaller file.` };
  }
}
