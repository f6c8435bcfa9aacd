/** How `pef esm` shows blobs: readable text, or one JSON document. Comments are anybody's, and so are shown quoted. */

import { toHex } from '../emulator/common/bytes';
import {
  type DigestCheck,
  ESM_PARTS,
  type EsmDigests,
  type EsmSealed,
  type OpenedLockbox,
  firmwareLimits,
} from '../emulator/pef/esm';
import type { LoadedBlob, LoadedInitrd } from './esm';
import type { Paint } from './text';

/** The tree of a blob. */
export function blobText({ blob, bytes, initrd }: LoadedBlob, { bold, dim, yellow }: Paint): string {
  const where = initrd
    ? `, ${JSON.stringify(initrd.location.name)} at byte ${initrd.location.blobOffset} of an initrd that begins at ` +
      `byte ${initrd.location.initrdOffset}`
    : '';
  const sealed = ({ ciphertext, iv, comment }: EsmSealed): string =>
    `${ciphertext.length} bytes, AES256-GCM, iv of ${iv.length} bytes${comment === '' ? '' : `, ${JSON.stringify(comment)}`}`;
  const lines = [
    `${bold('ESM blob')}, ${bytes.length} bytes${where}`,
    'lockboxes',
    ...blob.lockboxes.flatMap(({ name, comment, fingerprint, encryptedSymkey }) => [
      `  ${bold(name)}${comment === '' ? '' : ` ${JSON.stringify(comment)}`}`,
      `    pubkey-fingerprint  ${toHex(fingerprint)}`,
      `    encrypted-symkey    ${encryptedSymkey.length} bytes ${dim(`${toHex(encryptedSymkey.subarray(0, 8))}...`)}`,
    ]),
    'digest',
    ...(blob.digests ? [`  ${bold('digests-fdt')}  ${sealed(blob.digests)}`] : ['  none']),
    'file',
    ...blob.files.map((file) => `  ${bold(file.name)}  ${sealed(file)}`),
    ...(blob.files.length === 0 ? ['  none'] : []),
    ...firmwareLimits(blob).map((limit) => yellow(`note: ${limit}`)),
  ];
  return lines.join('\n') + '\n';
}

export function blobJson({ blob, bytes, initrd }: LoadedBlob): unknown {
  const sealed = ({ comment, iv, mac, ciphertext }: EsmSealed) => ({
    comment,
    iv: toHex(iv),
    mac: toHex(mac),
    bytes: ciphertext.length,
  });
  const location = initrd?.location;
  return {
    bytes: bytes.length,
    ...(location ? { initrd: { name: location.name, blob: location.blobOffset, start: location.initrdOffset } } : {}),
    lockboxes: blob.lockboxes.map(({ name, comment, fingerprint, encryptedSymkey }) => ({
      name,
      comment,
      fingerprint: toHex(fingerprint),
      encryptedSymkey: toHex(encryptedSymkey),
    })),
    digests: blob.digests ? sealed(blob.digests) : null,
    files: blob.files.map((file) => ({ name: file.name, ...sealed(file) })),
    notes: firmwareLimits(blob),
  };
}

/** What a key opens. */
export interface OpenedBlob {
  readonly opened: OpenedLockbox;
  /** Undefined for a blob without digests. */
  readonly digests: EsmDigests | undefined;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  readonly showSymkey: boolean;
}

export function openedText({ opened, digests, files, showSymkey }: OpenedBlob, { bold }: Paint): string {
  const lines = [
    `${bold(opened.lockbox.name)} opens`,
    ...(showSymkey ? [`symkey  ${toHex(opened.symkey)}`] : []),
    'digests',
    ...(digests
      ? [
          ...ESM_PARTS.map((part) => `  ${part.padEnd(8)}  ${toHex(digests[part])}`),
          `  kernel-size  ${digests.kernelSize}`,
        ]
      : ['  none']),
    'file',
    ...files.map(({ name, bytes }) => `  ${name}  ${bytes} bytes`),
    ...(files.length === 0 ? ['  none'] : []),
  ];
  return lines.join('\n') + '\n';
}

export function openedJson({ opened, digests, files, showSymkey }: OpenedBlob): unknown {
  return {
    lockbox: opened.lockbox.name,
    ...(showSymkey ? { symkey: toHex(opened.symkey) } : {}),
    digests: digests
      ? {
          ...Object.fromEntries(ESM_PARTS.map((part) => [part, toHex(digests[part])])),
          kernelSize: digests.kernelSize,
        }
      : null,
    files,
  };
}

/** Each part on its line; below one that differs, both digests. */
export function checksText(checks: readonly DigestCheck[], initrd: LoadedInitrd, { green, red }: Paint): string {
  const lines = checks.flatMap(({ part, matches, expected, found, size }) => {
    const behind =
      part === 'initrd' && initrd.offset > 0 ? ` (from byte ${initrd.offset}, behind the blob's archive)` : '';
    const line = `${part.padEnd(8)}  ${matches ? green('matches') : red('DIFFERS')}${behind}`;
    if (matches) return [line];
    const sizes = size ? [`  the blob has a kernel of ${size.expected} bytes, this one has ${size.found}`] : [];
    return [line, `  expected  ${toHex(expected)}`, `  found     ${toHex(found)}`, ...sizes];
  });
  return lines.join('\n') + '\n';
}

export function checksJson(checks: readonly DigestCheck[], initrd: LoadedInitrd): unknown {
  return checks.map(({ part, matches, expected, found, size }) => ({
    part,
    matches,
    expected: toHex(expected),
    found: toHex(found),
    ...(size ? { size } : {}),
    ...(part === 'initrd' ? { offset: initrd.offset } : {}),
  }));
}
