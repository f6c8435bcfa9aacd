/** Writes WebAssembly modules: bytes of instructions and sections, nothing more (WebAssembly core specification 2.0). */

/** Value types. */
export const I32 = 0x7f;
export const I64 = 0x7e;
export const F64 = 0x7c;
export const V128 = 0x7b;
const EMPTY = 0x40;

/** Opcodes without immediates that this project uses. */
// prettier-ignore
export const OP = {
  unreachable: 0x00, end: 0x0b, return: 0x0f, drop: 0x1a, select: 0x1b,
  i32eqz: 0x45, i32eq: 0x46, i32ne: 0x47, i32lts: 0x48, i32ltu: 0x49, i32gtu: 0x4b, i32leu: 0x4d, i32geu: 0x4f,
  i64eqz: 0x50, i64eq: 0x51, i64ne: 0x52, i64lts: 0x53, i64ltu: 0x54, i64gts: 0x55, i64gtu: 0x56,
  i64les: 0x57, i64leu: 0x58, i64ges: 0x59, i64geu: 0x5a,
  i32add: 0x6a, i32sub: 0x6b, i32mul: 0x6c, i32and: 0x71, i32or: 0x72, i32xor: 0x73,
  i32shl: 0x74, i32shrs: 0x75, i32shru: 0x76, i32rotl: 0x77,
  i64clz: 0x79, i64ctz: 0x7a, i64popcnt: 0x7b, i64add: 0x7c, i64sub: 0x7d, i64mul: 0x7e,
  i64divs: 0x7f, i64divu: 0x80, i64rems: 0x81, i64remu: 0x82, i64and: 0x83, i64or: 0x84, i64xor: 0x85,
  i64shl: 0x86, i64shrs: 0x87, i64shru: 0x88, i64rotl: 0x89,
  f64eq: 0x61, f64ne: 0x62, f64lt: 0x63, f64gt: 0x64, f64le: 0x65, f64ge: 0x66,
  f64abs: 0x99, f64neg: 0x9a, f64ceil: 0x9b, f64floor: 0x9c, f64trunc: 0x9d, f64nearest: 0x9e, f64sqrt: 0x9f,
  f64add: 0xa0, f64sub: 0xa1, f64mul: 0xa2, f64div: 0xa3,
  f32demote: 0xb6, f64converts: 0xb9, f64convertu: 0xba, f64promote: 0xbb,
  i32reinterpret: 0xbc, i64reinterpret: 0xbd, f32reinterpret: 0xbe, f64reinterpret: 0xbf,
  wrap: 0xa7, extends: 0xac, extendu: 0xad, i64extend8: 0xc2, i64extend16: 0xc3, i64extend32: 0xc4,
} as const;

/** Loads and stores by their opcode. */
// prettier-ignore
export const MEM = {
  i32load: 0x28, i64load: 0x29, i32load8u: 0x2d, i32load16u: 0x2f, i64load8u: 0x31, i64load16u: 0x33, i64load32u: 0x35, f64load: 0x2b,
  i32store: 0x36, i64store: 0x37, i32store8: 0x3a, i64store8: 0x3c, i64store16: 0x3d, i64store32: 0x3e, f64store: 0x39,
} as const;

/** Conversions of doubles to integers that do not trap, behind their prefix. */
export const SATURATING = { i64truncs: 6, i64truncu: 7 } as const;

/** Instructions on vectors, behind their prefix. */
// prettier-ignore
export const SIMD = {
  load: 0x00, store: 0x0b, swizzle8: 0x0e, splat8: 0x0f, and: 0x4e, or: 0x50, xor: 0x51, sub8: 0x71,
} as const;

/** A growing run of bytes. */
export class Bytes {
  private data: Uint8Array<ArrayBuffer>;
  length = 0;

  constructor(capacity = 64) {
    this.data = new Uint8Array(capacity);
  }

  byte(value: number): void {
    if (this.length === this.data.length) this.grow(1);
    this.data[this.length++] = value;
  }
  private grow(by: number): void {
    const larger = new Uint8Array(Math.max(this.data.length * 2, this.length + by));
    larger.set(this.data);
    this.data = larger;
  }
  append(bytes: Uint8Array): void {
    if (this.length + bytes.length > this.data.length) this.grow(bytes.length);
    this.data.set(bytes, this.length);
    this.length += bytes.length;
  }
  unsigned(value: number): void {
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }
  signed(value: number): void {
    let rest = value | 0;
    for (;;) {
      const low = rest & 0x7f;
      rest >>= 7;
      if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) return this.byte(low);
      this.byte(low | 0x80);
    }
  }
  signed64(value: bigint): void {
    const small = Number(value);
    if (small >= -0x8000_0000 && small < 0x8000_0000) return this.signed(small);
    let rest = BigInt.asIntN(64, value);
    for (;;) {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      if ((rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0)) return this.byte(low);
      this.byte(low | 0x80);
    }
  }
  name(text: string): void {
    this.unsigned(text.length);
    for (const char of text) this.byte(char.charCodeAt(0));
  }
  /** The bytes so far; valid until the next one is added. */
  view(): Uint8Array<ArrayBuffer> {
    return this.data.subarray(0, this.length);
  }
}

/** The body of one function. */
export class Code {
  readonly bytes: Bytes;
  private readonly extraLocals: number[] = [];
  /** Locals that may be used anew, by type, and how many of them are in use. */
  private readonly pools = new Map<number, { readonly locals: number[]; used: number }>();
  /** Blocks, loops and ifs that are open. */
  depth = 0;
  private enclosing = 0;

  /** @param capacity bytes that it probably needs */
  constructor(
    private readonly parameterCount: number,
    capacity = 512,
  ) {
    this.bytes = new Bytes(capacity);
  }

  /** A local of a type; its index. Its value is undefined until it is set. */
  local(type: number): number {
    let pool = this.pools.get(type);
    if (!pool) this.pools.set(type, (pool = { locals: [], used: 0 }));
    if (pool.used === pool.locals.length) pool.locals.push(this.parameterCount + this.extraLocals.push(type) - 1);
    return pool.locals[pool.used++] ?? 0;
  }
  /** The locals so far are not recycled. */
  keepLocals(): void {
    this.pools.clear();
  }
  /** All locals but those that were kept may be used anew. */
  recycleLocals(): void {
    for (const pool of this.pools.values()) pool.used = 0;
  }
  op(opcode: number): void {
    this.bytes.byte(opcode);
  }
  i32(value: number): void {
    this.bytes.byte(0x41);
    this.bytes.signed(value);
  }
  i64(value: bigint): void {
    this.bytes.byte(0x42);
    this.bytes.signed64(value);
  }
  /** A double by its bits. */
  f64(bits: bigint): void {
    this.bytes.byte(0x44);
    for (let i = 0n; i < 64n; i += 8n) this.bytes.byte(Number((bits >> i) & 0xffn));
  }
  saturating(opcode: number): void {
    this.bytes.byte(0xfc);
    this.bytes.unsigned(opcode);
  }
  get(local: number): void {
    this.indexed(0x20, local);
  }
  set(local: number): void {
    this.indexed(0x21, local);
  }
  tee(local: number): void {
    this.indexed(0x22, local);
  }
  private indexed(opcode: number, index: number): void {
    this.bytes.byte(opcode);
    this.bytes.unsigned(index);
  }
  /** Load or store at the address on the stack plus a constant. */
  memory(opcode: number, offset: number): void {
    this.bytes.byte(opcode);
    this.bytes.byte(0);
    this.bytes.unsigned(offset);
  }
  simd(opcode: number): void {
    this.bytes.byte(0xfd);
    this.bytes.unsigned(opcode);
  }
  /** Load or store of a vector. */
  simdMemory(opcode: number, offset: number): void {
    this.simd(opcode);
    this.bytes.byte(0);
    this.bytes.unsigned(offset);
  }
  block(type = EMPTY): void {
    this.depth++;
    this.indexed(0x02, type);
  }
  loop(): void {
    this.depth++;
    this.indexed(0x03, EMPTY);
  }
  if(type = EMPTY): void {
    this.depth++;
    this.bytes.byte(0x04);
    this.bytes.byte(type);
  }
  else(): void {
    this.bytes.byte(0x05);
  }
  end(): void {
    this.depth--;
    this.bytes.byte(0x0b);
  }
  br(depth: number): void {
    this.indexed(0x0c, depth);
  }
  brIf(depth: number): void {
    this.indexed(0x0d, depth);
  }
  /** Branches by the number on the stack; the last depth is for all larger numbers. */
  brTable(depths: readonly number[], otherwise: number): void {
    this.bytes.byte(0x0e);
    this.bytes.unsigned(depths.length);
    for (const depth of depths) this.bytes.unsigned(depth);
    this.bytes.unsigned(otherwise);
  }
  call(functionIndex: number): void {
    this.indexed(0x10, functionIndex);
  }
  returnCall(functionIndex: number): void {
    this.indexed(0x12, functionIndex);
  }
  returnCallIndirect(type: number, table = 0): void {
    this.indexed(0x13, type);
    this.bytes.byte(table);
  }
  /** Puts everything so far into as many blocks; each `end` that follows closes the innermost one that is open. */
  enclose(blocks: number): void {
    this.enclosing += blocks;
  }
  /** Adds size, locals and instructions, as the code section wants them. */
  encode(out: Bytes): void {
    const locals = new Bytes();
    locals.unsigned(this.extraLocals.length);
    for (const type of this.extraLocals) {
      locals.unsigned(1);
      locals.byte(type);
    }
    out.unsigned(locals.length + 2 * this.enclosing + this.bytes.length + 1);
    out.append(locals.view());
    for (let i = 0; i < this.enclosing; i++) {
      out.byte(0x02);
      out.byte(EMPTY);
    }
    out.append(this.bytes.view());
    out.byte(0x0b);
  }
}

export interface FunctionType {
  readonly parameters: readonly number[];
  readonly results: readonly number[];
}

/** A module with imported functions and memory, functions of its own, a table of them or an imported one, and exports. */
export interface ModuleParts {
  readonly types: readonly FunctionType[];
  /** Imported functions come first in the numbering of functions; all from module `host`. */
  readonly imports: readonly { readonly name: string; readonly type: number }[];
  readonly functions: readonly { readonly type: number; readonly code: Code; readonly exportName?: string }[];
  /** Function indices in the order of the entries of the module's own table. */
  readonly table: readonly number[];
  /** Whether the table `regions` is imported. It is table 0 then, and the module's own is table 1. */
  readonly regions?: boolean;
  /** Function indices to put into the imported table, from an index on. */
  readonly elements?: { readonly from: number; readonly functions: readonly number[] };
}

/** The bytes of a module. */
export function encodeModule(parts: ModuleParts): Uint8Array<ArrayBuffer> {
  const out = new Bytes();
  for (const byte of [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]) out.byte(byte);
  const section = (id: number, write: (body: Bytes) => void): void => {
    const body = new Bytes();
    write(body);
    out.byte(id);
    out.unsigned(body.length);
    out.append(body.view());
  };
  const list = <T>(body: Bytes, items: readonly T[], write: (item: T) => void): void => {
    body.unsigned(items.length);
    items.forEach(write);
  };
  section(1, (body) => {
    list(body, parts.types, (type) => {
      body.byte(0x60);
      list(body, type.parameters, (t) => body.byte(t));
      list(body, type.results, (t) => body.byte(t));
    });
  });
  section(2, (body) => {
    body.unsigned(parts.imports.length + (parts.regions === true ? 2 : 1));
    for (const { name, type } of parts.imports) {
      body.name('host');
      body.name(name);
      body.byte(0);
      body.unsigned(type);
    }
    body.name('host');
    body.name('memory');
    for (const byte of [2, 0, 1]) body.byte(byte);
    if (parts.regions !== true) return;
    body.name('host');
    body.name('regions');
    for (const byte of [1, 0x70, 0, 0]) body.byte(byte);
  });
  section(3, (body) => list(body, parts.functions, (f) => body.unsigned(f.type)));
  if (parts.table.length > 0)
    section(4, (body) => {
      for (const byte of [1, 0x70, 1]) body.byte(byte);
      body.unsigned(parts.table.length);
      body.unsigned(parts.table.length);
    });
  const exported = parts.functions.flatMap((f, i) =>
    f.exportName === undefined ? [] : [{ name: f.exportName, index: i }],
  );
  section(7, (body) => {
    list(body, exported, ({ name, index }) => {
      body.name(name);
      body.byte(0);
      body.unsigned(index + parts.imports.length);
    });
  });
  section(9, (body) => {
    const { from, functions } = parts.elements ?? { from: 0, functions: parts.table };
    // An active segment: of table 0 without, of another with its number and the kind of its elements.
    const own = parts.elements === undefined && parts.regions === true;
    for (const byte of own ? [1, 2, 1, 0x41] : [1, 0, 0x41]) body.byte(byte);
    body.signed(from);
    body.byte(0x0b);
    if (own) body.byte(0);
    list(body, functions, (index) => body.unsigned(index));
  });
  section(10, (body) => list(body, parts.functions, (f) => f.code.encode(body)));
  return out.view();
}
