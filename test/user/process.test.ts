import { describe, expect, it } from 'vitest';
import { faultReport } from '../../emulator/user/report';
import { BASE, DATA, EXIT, call, load, run, start } from './helpers';

const exited = (code: number) => ({ kind: 'exited', code });

describe.each(['little', 'big'] as const)('a %s-endian program', (endian) => {
  it('ends with its exit code', () => {
    expect(run(` li 3,42\n${EXIT}`, { endian }).state).toEqual(exited(42));
    expect(run(` li 3,-1\n li 0,234\n sc\n`, { endian }).state).toEqual(exited(255));
  });
  it('writes to its two outputs', () => {
    const text = ` b start\nmessage: .ascii "hello"\n .balign 4\nstart: ${call(4, 1, BASE + 4, 5)} ${call(4, 2, BASE + 4, 2)}${EXIT}`;
    expect(run(text, { endian })).toEqual({ state: exited(2), out: 'hello', error: 'he' });
  });
  it('finds its arguments on the stack', () => {
    // argc, the last byte of argv[1], the first of the environment
    const text = ` ld 3,0(1)\n ld 4,16(1)\n lbz 4,1(4)\n add 3,3,4\n ld 4,32(1)\n lbz 4,0(4)\n add 3,3,4\n${EXIT}`;
    const given = { endian, args: ['/program', 'A0'], environment: ['B=1'] };
    expect(run(text, given).state).toEqual(exited(2 + 0x30 + 0x42));
  });
});

describe('the state at the entry', () => {
  const { cpu, process } = start('nop', { args: ['/p', 'x'], environment: ['A=b'] });
  it('is problem state with floating point, vectors and VSX', () => expect(cpu.msr).toBe(0x8000_0000_0280_6001n));
  it('has the entry in r12 and the stack in r1, aligned to 16 bytes', () => {
    expect([cpu.gpr(12), cpu.nia, cpu.gpr(1) % 16n]).toEqual([BigInt(BASE), BigInt(BASE), 0n]);
  });
  it('describes the program and the processor in the auxiliary vector', () => {
    const bytes = process.space.read(Number(cpu.gpr(1)), 0x180)!;
    const words = new BigUint64Array(bytes.buffer);
    // argc, 2 arguments, 0, 1 variable, 0
    const vector = new Map(Array.from({ length: 21 }, (_, i) => [Number(words[6 + 2 * i]), words[7 + 2 * i]!]));
    const text = (type: number) => process.space.text(Number(vector.get(type)));
    expect([vector.get(3), vector.get(4), vector.get(5), vector.get(6), vector.get(9)]).toEqual([
      undefined, // the headers lie in no segment
      undefined,
      undefined,
      0x10000n,
      BigInt(BASE),
    ]);
    expect([text(15), text(24), text(31)]).toEqual(['power9', 'power9', '/p']);
    // ALTIVEC, FPU, VSX; no decimal floating point
    expect([vector.get(16)! & 0x18000080n, vector.get(16)! & 0x400n]).toEqual([0x18000080n, 0n]);
    expect(vector.get(26)! & 0x80800000n).toBe(0x80800000n);
  });
});

describe('memory', () => {
  it.each([
    ['loads what is not mapped', ` li 4,16\n ld 3,0(4)\n`, 'SIGSEGV', 139],
    ['writes its code', ` ${load(4, BASE)} std 3,0(4)\n`, 'SIGSEGV', 139],
    ['jumps to its data', ` ${load(4, 0x7000)} mtctr 4\n bctr\n`, 'SIGSEGV', 139],
    ['meets a trap', ' trap\n', 'SIGTRAP', 133],
    ['has no instruction', ' .long 0\n', 'SIGILL', 132],
    ['is not privileged', ' mfmsr 3\n', 'SIGILL', 132],
    ['asks the hypervisor', ' sc 1\n', 'SIGILL', 132],
    ['loads multiple in little-endian mode', ` ${load(4, DATA)} lmw 30,0(4)\n`, 'SIGBUS', 135],
  ])('a program that %s is ended', (_, text, name, code) => {
    const { state } = run(text, { options: {} });
    expect(state).toMatchObject({ kind: 'killed', name });
    expect(128 + (state.kind === 'killed' ? state.signal : 0)).toBe(code);
  });
  it('is ended when it uses more than there is', () => {
    const text = ` ${load(4, DATA)} ${call(90, 0, 1 << 22, 3, 0x22)} mr 4,3\nloop: std 4,0(4)\n addi 4,4,4096\n b loop\n`;
    expect(run(text).state).toMatchObject({ kind: 'killed', name: 'SIGKILL', signal: 9 });
  });
  it('gives pages back with munmap and takes them again', () => {
    const round = `${call(90, 0, 1 << 20, 3, 0x22)} mr 20,3\n std 3,0(3)\n lis 4,16\n li 0,91\n sc\n`;
    expect(run(`${round.repeat(20)} li 3,7\n${EXIT}`, { memoryBytes: 1 << 19 }).state).toEqual(exited(7));
  });
});

describe('a fault', () => {
  it('is reported with its place and the registers', () => {
    const { process, cpu, image } = start(` li 5,77\n ${load(4, 0x3000)} ld 3,8(4)\n`);
    const state = process.run(100);
    if (state.kind !== 'killed') throw new Error('it should be killed');
    const report = faultReport(cpu, process, image, state).join('\n');
    expect(report).toContain('SIGSEGV: load at guest real address 0x3008');
    expect(report).toContain('at 0x1000000c: e8640008  ld r3,8(r4)');
    expect(report).toContain('r5 000000000000004d');
  });
  it('ends the process for good', () => {
    const { process, cpu } = start(' trap\n');
    const state = process.run(10);
    expect(process.run(10)).toEqual(state);
    expect(cpu.nia).toBe(BigInt(BASE));
  });
});

describe('runs', () => {
  it('wait for input without losing it', () => {
    const text = ` ${call(3, 0, DATA, 100)} mr 20,3\n ${call(4, 1, DATA, 5)} mr 3,20\n${EXIT}`;
    const { process, output } = start(text, { input: [undefined, 'abcde'] });
    expect(process.run(1000).kind).toBe('waiting');
    expect(process.run(1000)).toEqual(exited(5));
    expect(output[1]).toBe('abcde');
  });
  it.each([1, 2, 7, 1000])('give the same in slices of %i instructions', (slice) => {
    const text = ` li 5,0\n li 6,100\n mtctr 6\nloop: addi 5,5,3\n bdnz loop\n mr 3,5\n${EXIT}`;
    const { process, cpu } = start(text);
    let state = process.run(slice);
    while (state.kind === 'running') state = process.run(slice);
    expect([state, cpu.instructions]).toEqual([exited(300 & 255), 206]);
  });
  it('end when the output is too long', () => {
    const text = `loop: ${call(4, 1, BASE, 64)} b loop\n`;
    expect(run(text, { options: { outputLimit: 1000 } }).state).toMatchObject({ kind: 'killed', name: 'SIGKILL' });
  });
  it('tell the calls that they make', () => {
    const lines: string[] = [];
    run(` ${call(20)} ${call(999)} ${call(6, 77)} li 3,0\n${EXIT}`, { options: { trace: (line) => lines.push(line) } });
    expect(lines).toEqual([
      'getpid() = 0x3e8',
      expect.stringMatching(/^system call 999\(.*\) = ENOSYS \(not known here\)$/),
      'close(0x4d) = error 9',
      'exit(0x0) = exit 0',
    ]);
  });
});
