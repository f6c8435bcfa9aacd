import fc from 'fast-check';
import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { FormatError, InputError } from '../../emulator/common/errors';
import {
  FDT_DEPTH,
  type Fdt,
  type FdtNode,
  childOf,
  isFdt,
  nodeAt,
  numberOf,
  propertyOf,
  readFdt,
  textOf,
} from '../../emulator/image/fdt';
import { fdtNode, fdtOf, fdtValue, writeFdt } from '../../emulator/image/fdt-writer';

const GUEST = fdtOf(
  fdtNode('', { 'ibm,model': 'x', model: 'IBM pSeries', '#address-cells': [2] }, [
    fdtNode('memory@0', { device_type: 'memory', reg: [0, 0, 0, 0x1000_0000] }),
    fdtNode('chosen', { bootargs: 'root=/dev/vda1 svm=1', 'linux,initrd-start': 0x1_0000_0000n, empty: true }),
    fdtNode('cpus', {}, [fdtNode('PowerPC,POWER9@0', { compatible: ['a', 'b'] })]),
  ]),
  { reservations: [{ address: 0x1000n, bytes: 0x2000n }], bootCpu: 3 },
);

/** The tree without what its bytes do not say. */
const tree = ({ root, reservations, bootCpu }: Fdt) => ({ root, reservations, bootCpu });

describe('a device tree', () => {
  it('comes back from its bytes', () => {
    const bytes = writeFdt(GUEST);
    expect(isFdt(bytes)).toBe(true);
    expect(tree(readFdt(bytes))).toEqual(tree(GUEST));
    expect(writeFdt(readFdt(bytes))).toEqual(bytes);
  });
  it('ends with its totalsize: what follows is left alone', () => {
    const bytes = writeFdt(GUEST);
    expect(readFdt(new Uint8Array([...bytes, 1, 2, 3]))).toEqual(readFdt(bytes));
  });
  it('has nodes at paths and properties by name', () => {
    const { root } = readFdt(writeFdt(GUEST));
    const chosen = nodeAt(root, '/chosen')!;
    expect(textOf(propertyOf(chosen, 'bootargs')!)).toBe('root=/dev/vda1 svm=1');
    expect(numberOf(propertyOf(chosen, 'linux,initrd-start')!)).toBe(0x1_0000_0000n);
    expect(numberOf(propertyOf(root, '#address-cells')!)).toBe(2n);
    expect(propertyOf(chosen, 'empty')).toHaveLength(0);
    expect(nodeAt(root, 'cpus/PowerPC,POWER9@0')?.properties).toHaveLength(1);
    expect([nodeAt(root, 'cpus/none/deeper'), childOf(root, 'none'), propertyOf(root, 'none')]).toEqual(
      Array(3).fill(undefined),
    );
  });
  it('has strings with one zero byte at their end, and numbers of 4 or 8 bytes', () => {
    expect([textOf(fdtValue('a')), textOf(fdtValue(['a', 'b'])), textOf(Uint8Array.of(65))]).toEqual([
      'a',
      undefined,
      undefined,
    ]);
    expect([numberOf(Uint8Array.of(1)), textOf(Uint8Array.of(0xff, 0))]).toEqual([undefined, undefined]);
  });
  it('shares the end of a name in the strings block', () => {
    const root = fdtNode('', { 'ibm,model': true, model: true });
    expect(readFdt(writeFdt(fdtOf(root))).root).toEqual(root);
    expect(new TextDecoder().decode(writeFdt(fdtOf(root))).match(/model\0/g)).toHaveLength(1);
  });
  it('goes over FDT_NOP', () => {
    const bytes = writeFdt(fdtOf(fdtNode('', {}, [fdtNode('a')])));
    const view = new DataView(bytes.buffer);
    const start = view.getUint32(8);
    // The node: BEGIN_NODE, "a", END_NODE.
    for (const at of [8, 12, 16]) view.setUint32(start + at, 4);
    expect(readFdt(bytes).root.children).toEqual([]);
  });
});

/** A small tree with one word of its bytes changed. */
function changed(at: number, value: number, fdt = fdtOf(fdtNode('', { a: [1] }, [fdtNode('n')]))): Uint8Array {
  const bytes = writeFdt(fdt);
  new DataView(bytes.buffer).setUint32(at, value);
  return bytes;
}

const chain = (depth: number): FdtNode => fdtNode(depth === 0 ? '' : 'n', {}, depth === 63 ? [] : [chain(depth + 1)]);

describe('bytes that are no device tree', () => {
  const STRUCT = 56;
  it.each([
    ['no magic', changed(0, 0), 'not-fdt', 'd0 0d fe ed'],
    ['only a magic', Uint8Array.of(0xd0, 0x0d, 0xfe, 0xed), 'truncated', 'totalsize'],
    ['less than totalsize', writeFdt(GUEST).slice(0, -1), 'truncated', 'totalsize'],
    ['an old version', changed(20, 16), 'unsupported-fdt', 'version 16'],
    ['a newer layout', changed(24, 18), 'unsupported-fdt', 'last_comp_version 18'],
    ['a structure block beyond the end', changed(36, 0x1000), 'truncated', 'the structure block'],
    ['a structure block at an odd place', changed(8, STRUCT + 1), 'bad-fdt', 'cannot be at 0x39'],
    ['a strings block in the header', changed(12, 4), 'bad-fdt', 'strings block cannot be at 0x4'],
    ['reservations without an end', changed(44, 1), 'truncated', 'reservation block'],
    ['reservations at an odd place', changed(16, 44), 'bad-fdt', 'cannot be at 0x2c'],
    ['an unknown tag', changed(STRUCT, 7), 'bad-fdt', 'the tag 0x7'],
    ['a tag behind the root', changed(STRUCT + 8, 2), 'bad-fdt', 'the tag'],
    ['no end', changed(STRUCT + 8, 4, fdtOf(fdtNode(''))), 'bad-fdt', 'the tag 0x9'],
    ['a root with a name', changed(STRUCT + 4, 0x61000000), 'bad-fdt', "a root named 'a'"],
    ['a node without a name', changed(STRUCT + 28, 0), 'bad-fdt', 'without a name'],
    ['a name that is no text', changed(STRUCT + 28, 0x07000000), 'bad-fdt', 'no text'],
    ['a name with a slash', changed(STRUCT + 28, 0x2f610000), 'bad-fdt', "named '/a'"],
    ['a long value', changed(STRUCT + 12, 0x8000_0000), 'truncated', "property 'a'"],
    ['a name beyond the strings', changed(STRUCT + 16, 99), 'bad-fdt', 'no property name at 0x63'],
  ])('%s', (_, bytes, code, message) => {
    expect(() => readFdt(bytes)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });
  it('properties behind nodes', () => {
    const bytes = writeFdt(fdtOf(fdtNode('', {}, [fdtNode('n'), fdtNode('n')])));
    const view = new DataView(bytes.buffer);
    view.setUint32(56 + 20, 3);
    view.setUint32(56 + 24, 0);
    expect(() => readFdt(bytes)).toThrow(expect.objectContaining({ code: 'bad-fdt' }));
  });
  it('too many nodes inside of each other', () => {
    expect(readFdt(writeFdt(fdtOf(chain(0)))).root.children).toHaveLength(1);
    const deep = fdtNode('', {}, [{ ...chain(0), name: 'n' }]);
    expect(() => writeFdt(fdtOf(deep))).toThrow(`at most ${FDT_DEPTH} nodes`);
    const words = [...Array<[number, number]>(100)].flatMap((__, i) => [1, i === 0 ? 0 : 0x61000000]);
    const bytes = new Uint8Array(56 + 4 * words.length);
    bytes.set(writeFdt(fdtOf(fdtNode(''))).slice(0, 56));
    const view = new DataView(bytes.buffer);
    words.forEach((word, i) => view.setUint32(56 + 4 * i, word));
    [4, 36].forEach((at) => view.setUint32(at, at === 4 ? bytes.length : 4 * words.length));
    view.setUint32(32, 0);
    expect(() => readFdt(bytes)).toThrow(`more than ${FDT_DEPTH} nodes`);
  });
  it.each([
    ['node', fdtNode('', {}, [fdtNode('a b')])],
    ['node', fdtNode('', {}, [fdtNode('')])],
    ['property', fdtNode('', { ä: true })],
    ['property', fdtNode('', { ['x'.repeat(256)]: true })],
  ])('a %s that cannot be written', (what, root) => {
    expect(() => writeFdt(fdtOf(root))).toThrow(InputError);
    expect(() => writeFdt(fdtOf(root))).toThrow(`cannot name a ${what}`);
  });
});

const name = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9,._+#-]{0,20}$/);
const properties = fc.array(fc.record({ name, value: fc.uint8Array({ maxLength: 20 }) }), { maxLength: 4 });
const leaf = fc.record({ name, properties, children: fc.constant<FdtNode[]>([]) });
const { node } = fc.letrec<{ node: FdtNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.record({ name, properties, children: fc.array(tie('node'), { maxLength: 3 }) }),
  ),
}));
const anyFdt = node.map((root) => fdtOf({ ...root, name: '' }));

describe('any bytes', () => {
  it('of a tree come back the same', () => {
    fc.assert(
      fc.property(anyFdt, (fdt) => {
        const bytes = writeFdt(fdt);
        expect(tree(readFdt(bytes))).toEqual(tree(fdt));
        expect(writeFdt(readFdt(bytes))).toHaveLength(bytes.length);
      }),
    );
  });
  const outcome = (bytes: Uint8Array): unknown => {
    try {
      return readFdt(bytes);
    } catch (error) {
      return error;
    }
  };
  it('give a tree or an error of a format', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (rest) => {
        expect(outcome(rest)).toBeInstanceOf(FormatError);
        const bytes = new Uint8Array([...writeFdt(GUEST).slice(0, 56), ...rest]);
        const result = outcome(bytes);
        if (result instanceof Error) expect(result).toBeInstanceOf(FormatError);
      }),
    );
  });
  it('of a changed tree give a tree that can be written, or an error of a format', () => {
    const good = writeFdt(GUEST);
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const bytes = good.slice();
        for (const [at, value] of changes) bytes[at] = value;
        const result = outcome(bytes);
        if (result instanceof Error) expect(result).toBeInstanceOf(FormatError);
        else expect(tree(readFdt(writeFdt(result as Fdt)))).toEqual(tree(result as Fdt));
      }),
      { numRuns: 3000 },
    );
  });
});

const dtc = spawnSync('dtc', ['--version']).status === 0;

describe.skipIf(!dtc)('dtc, where it is installed', () => {
  it('makes the same bytes of the same tree', () => {
    const bytes = writeFdt(GUEST);
    const source = execFileSync('dtc', ['-q', '-I', 'dtb', '-O', 'dts', '-'], { input: bytes });
    const again = execFileSync('dtc', ['-q', '-I', 'dts', '-O', 'dtb', '-b', '3', '-'], { input: source });
    expect(new Uint8Array(again)).toEqual(bytes);
  });
});
