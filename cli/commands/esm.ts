/** `pef esm`: tools for ESM blobs, which make guests secure. */

import { basename } from 'node:path';
import { InputError } from '../../emulator/common/errors';
import {
  RTAS_TEXT,
  addToInitrd,
  attachFile,
  checkDigests,
  createEsmBlob,
  detachFile,
  extractFile,
  firmwareLimits,
  openDigests,
  openLockbox,
  parseEsmBlob,
} from '../../emulator/pef/esm';
import { type Command, EXIT, type Io } from '../command';
import {
  type LoadedBlob,
  type LoadedInitrd,
  loadBlob,
  loadInitrd,
  loadKernel,
  loadKey,
  naming,
  random,
  replaced,
  writeWhole,
} from '../esm';
import { loadSpec } from '../esm-config';
import { type OpenedBlob, blobJson, blobText, checksJson, checksText, openedJson, openedText } from '../esm-text';
import { oneOf, options, readFileOrInput, required } from '../options';
import { paint } from '../text';

const HELP = `usage: pef esm ACTION ...

Tools for ESM blobs, in svm-tool's format. FILE is a blob, or an initrd with one in front of it.

  inspect FILE                          shows what is in it, without a key
  verify FILE --key KEY --kernel K --initrd I --bootargs TEXT [--rtas R]
                                        compares the blob's digests with a guest's software: exit code 1 when one differs
  open FILE --key KEY [--show-symkey]   opens lockbox, digests and files with a private key
  make CONFIG -o FILE                   makes a blob from svm-tool's YAML
  attach FILE --key KEY --name N --path P [--comment TEXT] [-o OUT]
  detach FILE --name N [-o OUT]         adds or removes a file; without -o in FILE itself
  extract FILE --key KEY --name N [-o OUT]
                                        gives a file's contents
  add --initrd I --blob B -o OUT        puts a blob in front of an initrd

inspect, verify and open take --format text|json; verify, open, attach and extract take --lockbox NAME, without which the lockbox
with the key's fingerprint is opened (a machine opens lockbox-1). K is an ELF file, of which the image of "objcopy -O binary -S" is
measured, or that image. I is measured without a blob in front of it; it may be missing when FILE is an initrd. R is the text of
RTAS; without it, that of QEMU's guests. Keys are RSA in PEM.

Exit code 0, 1 when a digest differs, 2 when something cannot be used or opened.
`;

const FORMAT = { format: { type: 'string', default: 'text' } } as const;
const KEY = { key: { type: 'string' }, lockbox: { type: 'string' } } as const;
const OUTPUT = { output: { type: 'string', short: 'o' } } as const;
const NAME = { name: { type: 'string' } } as const;
const FILE = { min: 1, max: 1, what: 'FILE' } as const;

type Action = (args: readonly string[], io: Io) => Promise<number>;

/** A document in the format that was asked for. */
function show(io: Io, format: string, text: () => string, json: () => unknown): void {
  const chosen = oneOf('format', format, ['text', 'json'] as const);
  io.out(chosen === 'json' ? `${JSON.stringify(json(), null, 2)}\n` : text());
}

const inspect: Action = async (args, io) => {
  const { values, positionals } = options(args, FORMAT, FILE);
  const loaded = await loadBlob(positionals[0], io);
  show(
    io,
    values.format,
    () => blobText(loaded, paint(io.color)),
    () => blobJson(loaded),
  );
  return EXIT.passed;
};

/** Opens the blob of a file with the key that the options name. */
async function opening(path: string | undefined, values: { key?: string; lockbox?: string }, io: Io) {
  const keyPath = required('key', values.key);
  const loaded = await loadBlob(path, io);
  const key = await loadKey(keyPath, io);
  const opened = naming(path, () => openLockbox(loaded.blob, key, values.lockbox));
  return { loaded, opened };
}

const verify: Action = async (args, io) => {
  const parts = { kernel: { type: 'string' }, initrd: { type: 'string' }, bootargs: { type: 'string' } } as const;
  const config = { ...parts, rtas: { type: 'string' }, ...KEY, ...FORMAT } as const;
  const { values, positionals } = options(args, config, FILE);
  const [kernel, bootargs] = [required('kernel', values.kernel), required('bootargs', values.bootargs)];
  const { loaded, opened } = await opening(positionals[0], values, io);
  const initrd = values.initrd === undefined ? initrdOf(loaded) : await loadInitrd(values.initrd, io);
  const checks = checkDigests(
    naming(positionals[0], () => openDigests(loaded.blob, opened.symkey)),
    {
      rtas: values.rtas === undefined ? RTAS_TEXT : await readFileOrInput(values.rtas, io),
      kernel: await loadKernel(kernel, io),
      initrd: initrd.bytes,
      bootargs: new TextEncoder().encode(bootargs),
    },
  );
  show(
    io,
    values.format,
    () => checksText(checks, initrd, paint(io.color)),
    () => checksJson(checks, initrd),
  );
  return checks.every(({ matches }) => matches) ? EXIT.passed : EXIT.failed;
};

/** The initrd proper behind a blob. */
function initrdOf({ initrd }: LoadedBlob): LoadedInitrd {
  const { bytes, location } = initrd ?? {};
  if (!bytes || !location) {
    throw new InputError('usage', '--initrd is missing: FILE is a blob, not an initrd with one in front.');
  }
  return { bytes: bytes.subarray(location.initrdOffset), offset: location.initrdOffset };
}

const open: Action = async (args, io) => {
  const config = { ...KEY, ...FORMAT, 'show-symkey': { type: 'boolean', default: false } } as const;
  const { values, positionals } = options(args, config, FILE);
  const { loaded, opened } = await opening(positionals[0], values, io);
  const { blob } = loaded;
  const contents = naming(positionals[0], (): OpenedBlob => ({
    opened,
    digests: blob.digests && openDigests(blob, opened.symkey),
    files: blob.files.map(({ name }) => ({ name, bytes: extractFile(blob, opened.symkey, name).length })),
    showSymkey: values['show-symkey'],
  }));
  show(
    io,
    values.format,
    () => openedText(contents, paint(io.color)),
    () => openedJson(contents),
  );
  return EXIT.passed;
};

/** Says what the shipped firmware will not take. */
function warn(blob: Uint8Array, io: Io): void {
  for (const limit of firmwareLimits(parseEsmBlob(blob))) io.error(`note: ${limit}\n`);
}

const make: Action = async (args, io) => {
  const { values, positionals } = options(args, OUTPUT, { min: 1, max: 1, what: 'CONFIG' });
  const output = required('output', values.output);
  const blob = createEsmBlob(await loadSpec(positionals[0] ?? '', io), random);
  warn(blob, io);
  await writeWhole(output, blob);
  return EXIT.passed;
};

/** The file that a changed blob goes to. */
function target(file: string | undefined, output: string | undefined): string {
  const path = output ?? file;
  if (path !== undefined && path !== '-') return path;
  throw new InputError('usage', 'A blob from standard input needs -o OUT.');
}

const attach: Action = async (args, io) => {
  const config = { ...KEY, ...NAME, path: { type: 'string' }, comment: { type: 'string' }, ...OUTPUT } as const;
  const { values, positionals } = options(args, config, FILE);
  const path = required('path', values.path);
  const output = target(positionals[0], values.output);
  const { loaded, opened } = await opening(positionals[0], values, io);
  const file = {
    name: values.name ?? basename(path),
    contents: await readFileOrInput(path, io),
    comment: values.comment ?? '',
  };
  const blob = attachFile(loaded.blob, opened.symkey, file, random);
  warn(blob, io);
  await writeWhole(output, replaced(loaded, blob));
  return EXIT.passed;
};

const detach: Action = async (args, io) => {
  const { values, positionals } = options(args, { ...NAME, ...OUTPUT } as const, FILE);
  const name = required('name', values.name);
  const output = target(positionals[0], values.output);
  const loaded = await loadBlob(positionals[0], io);
  await writeWhole(output, replaced(loaded, detachFile(loaded.blob, name)));
  return EXIT.passed;
};

const extract: Action = async (args, io) => {
  const { values, positionals } = options(args, { ...KEY, ...NAME, ...OUTPUT } as const, FILE);
  const name = required('name', values.name);
  const { loaded, opened } = await opening(positionals[0], values, io);
  const contents = naming(positionals[0], () => extractFile(loaded.blob, opened.symkey, name));
  if (values.output === undefined) io.outBytes(contents);
  else await writeWhole(values.output, contents);
  return EXIT.passed;
};

const add: Action = async (args, io) => {
  const config = { initrd: { type: 'string' }, blob: { type: 'string' }, ...OUTPUT } as const;
  const { values } = options(args, config, { min: 0, max: 0, what: '' });
  const [initrdPath, blobPath] = [required('initrd', values.initrd), required('blob', values.blob)];
  const output = required('output', values.output);
  const { bytes } = await loadBlob(blobPath, io);
  const initrd = await loadInitrd(initrdPath, io);
  if (initrd.offset > 0) io.error(`note: the blob that is in front of ${initrdPath} is replaced.\n`);
  await writeWhole(output, addToInitrd(initrd.bytes, bytes, blobPath === '-' ? 'esmb' : basename(blobPath)));
  return EXIT.passed;
};

const ACTIONS: Readonly<Record<string, Action>> = { inspect, verify, open, make, attach, detach, extract, add };

export const esmCommand: Command = {
  name: 'esm',
  summary: 'show, check, open and make ESM blobs',
  help: HELP,
  run: (args, io) => {
    const [name = '', ...rest] = args;
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
    if (action) return action(rest, io);
    const names = Object.keys(ACTIONS).join(', ');
    return Promise.reject(new InputError('usage', `'${name}' is not an action of "pef esm"; there are ${names}.`));
  },
};
