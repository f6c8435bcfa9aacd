/**
 * What makes a device tree an ESM blob: which nodes and properties are where, and nothing else. The rules and the words
 * for what breaks them are svm-tool's. Where it checks nothing (the sealed nodes below /digest and in files-fdt), the
 * rules are those that it has for files.
 */

import { InputError } from '../../common/errors';
import { type FdtNode, propertyOf, textOf } from '../../image/fdt';

/** A property's value is right, or a sentence says what is wrong. */
type ValueRule = (value: Uint8Array) => string | undefined;

interface NodeRule {
  readonly properties: Readonly<Record<string, ValueRule>>;
  /** Properties that may be missing. */
  readonly optional?: readonly string[];
  /** Children by name, which all must be there... */
  readonly nodes?: Readonly<Record<string, NodeRule>>;
  /** ...or any number, with the rule of a name; undefined for a name that may not be. */
  readonly each?: (name: string) => NodeRule | string;
}

const anything: ValueRule = () => undefined;

function word(expected: string, wrong: string): ValueRule {
  return (value) => (textOf(value) === expected ? undefined : `${wrong}: ${textOf(value) ?? 'no string'}`);
}

/** One line of text. */
const comment: ValueRule = (value) => {
  const text = textOf(value);
  return text === undefined || text.includes('\n') ? `comment is invalid: ${text ?? 'no string'}` : undefined;
};

const SEALED: NodeRule = {
  properties: {
    algorithm: word('AES256-GCM', 'unsupported symmetric algorithm'),
    ciphertext: anything,
    iv: anything,
    mac: anything,
    'untrusted-comment': comment,
  },
};

const LOCKBOX: NodeRule = {
  properties: { 'untrusted-comment': comment, 'encrypted-symkey': anything },
  nodes: {
    'pubkey-fingerprint': {
      properties: { algorithm: word('SHA256', 'unsupported hash algorithm'), hash: anything },
    },
  },
};

const ESM: NodeRule = {
  properties: { compatible: word('ibm,esm', 'compatible is invalid') },
  nodes: {
    lockboxes: {
      properties: {},
      each: (name) =>
        /^(origin-lockbox|lockbox-[1-9][0-9]*)$/.test(name) ? LOCKBOX : `lockbox name is invalid: ${name}`,
    },
    digest: { properties: {}, each: (name) => (name === 'digests-fdt' ? SEALED : `unexpected node: ${name}`) },
    file: { properties: { 'files-fdt': anything }, optional: ['files-fdt'], each: sealedFile },
  },
};

const FILES: NodeRule = {
  properties: { compatible: word('ibm,esm-file', 'compatible is invalid') },
  nodes: { files: { properties: {}, each: sealedFile } },
};

function sealedFile(name: string): NodeRule | string {
  return isFileName(name) ? SEALED : `file name is invalid: ${name}`;
}

/** Names that a file can have: a letter and up to 30 letters, digits and `,._+-`, as the specification has node names. */
export function isFileName(name: string): boolean {
  return /^[A-Za-z][0-9A-Za-z,._+-]{0,30}$/.test(name);
}

/** @throws InputError `esm-invalid` with the place and the first rule that is broken */
export function checkEsm(root: FdtNode): void {
  checkNode(root, ESM, '/');
  const lockboxes = root.children.find(({ name }) => name === 'lockboxes');
  if (!lockboxes?.children.some(({ name }) => name === 'origin-lockbox')) {
    throw invalid('/lockboxes', 'missing node: origin-lockbox');
  }
}

/** The same for the device tree of the files. @throws InputError `esm-invalid` */
export function checkFiles(root: FdtNode): void {
  checkNode(root, FILES, 'files-fdt:/');
}

function checkNode(node: FdtNode, rule: NodeRule, path: string): void {
  checkNames('property', node.properties, Object.keys(rule.properties), path, rule.optional);
  for (const [name, check] of Object.entries(rule.properties)) {
    const value = propertyOf(node, name);
    const complaint = value && check(value);
    if (complaint !== undefined) throw invalid(path, complaint);
  }
  const { each, nodes = {} } = rule;
  checkNames('node', node.children, each ? node.children.map(({ name }) => name) : Object.keys(nodes), path);
  for (const child of node.children) {
    const found = each ? each(child.name) : nodes[child.name];
    if (typeof found === 'string') throw invalid(path, found);
    if (found) checkNode(child, found, path.endsWith('/') ? path + child.name : `${path}/${child.name}`);
  }
}

/** No other names, none twice, none missing. */
function checkNames(
  what: 'property' | 'node',
  found: readonly { readonly name: string }[],
  expected: readonly string[],
  path: string,
  optional: readonly string[] = [],
): void {
  const names = new Set<string>();
  for (const { name } of found) {
    if (!expected.includes(name)) throw invalid(path, `unexpected ${what}: ${name}`);
    if (names.has(name)) throw invalid(path, `duplicate ${what}: ${name}`);
    names.add(name);
  }
  const missing = expected.find((name) => !names.has(name) && !optional.includes(name));
  if (missing !== undefined) throw invalid(path, `missing ${what}: ${missing}`);
}

function invalid(path: string, complaint: string): InputError {
  return new InputError('esm-invalid', `The ESM blob is invalid at ${path}: ${complaint}.`);
}
