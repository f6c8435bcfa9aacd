/** Fixed-point loads and stores, Power ISA 3.0B Book I 3.3.2 to 3.3.7, and load-and-reserve, Book II 4.6.2. */
import type { AccessSize } from '../ir';
import { insn, section } from '../row';
import type { Semantics } from '../semantics';
import type { U64 } from '../values';

type Address = (s: Semantics) => U64;
const d: Address = (s) => s.RA.or0.add(s.n('D'));
const ds: Address = (s) => s.RA.or0.add(s.n('DS'));
const x: Address = (s) => s.RA.or0.add(s.RB);

/** An update form with RA = 0, or a load with RA = RT, is an invalid form: taken as an illegal instruction. */
function updateForm(s: Semantics, isLoad: boolean): void {
  const invalid = s.RA.number.eq(0);
  s.if(isLoad ? invalid.or(s.RA.number.eq(s.RT.number)) : invalid, () => s.raise('illegal'));
}

const load =
  (ea: Address, size: AccessSize, how: { signed?: boolean; swap?: boolean } = {}) =>
  (s: Semantics): void =>
    s.RT.set(s.load(ea(s), size, how));
const loadUpdate =
  (address: Address, size: AccessSize, how: { signed?: boolean } = {}) =>
  (s: Semantics): void => {
    updateForm(s, true);
    const ea = s.let(address(s));
    s.RT.set(s.load(ea, size, how));
    s.RA.set(ea);
  };
const store =
  (ea: Address, size: AccessSize, how: { swap?: boolean } = {}) =>
  (s: Semantics): void =>
    s.store(ea(s), size, s.RS, how);
const storeUpdate =
  (address: Address, size: AccessSize) =>
  (s: Semantics): void => {
    updateForm(s, false);
    const ea = s.let(address(s));
    s.store(ea, size, s.RS);
    s.RA.set(ea);
  };

const SIGNED = { signed: true } as const;
const SWAP = { swap: true } as const;

// prettier-ignore
export const LOADS = section('Power ISA 3.0B Book I 3.3.2', [
  insn('lbz',   '100010 RT RA D',                  'RT,D(RA0)',  'Load Byte and Zero',                          load(d, 1)),
  insn('lbzx',  '011111 RT RA RB 0001010111 /',    'RT,RA0,RB',  'Load Byte and Zero Indexed',                  load(x, 1)),
  insn('lbzu',  '100011 RT RA D',                  'RT,D(RA)',   'Load Byte and Zero with Update',              loadUpdate(d, 1)),
  insn('lbzux', '011111 RT RA RB 0001110111 /',    'RT,RA,RB',   'Load Byte and Zero with Update Indexed',      loadUpdate(x, 1)),
  insn('lhz',   '101000 RT RA D',                  'RT,D(RA0)',  'Load Halfword and Zero',                      load(d, 2)),
  insn('lhzx',  '011111 RT RA RB 0100010111 /',    'RT,RA0,RB',  'Load Halfword and Zero Indexed',              load(x, 2)),
  insn('lhzu',  '101001 RT RA D',                  'RT,D(RA)',   'Load Halfword and Zero with Update',          loadUpdate(d, 2)),
  insn('lhzux', '011111 RT RA RB 0100110111 /',    'RT,RA,RB',   'Load Halfword and Zero with Update Indexed',  loadUpdate(x, 2)),
  insn('lha',   '101010 RT RA D',                  'RT,D(RA0)',  'Load Halfword Algebraic',                     load(d, 2, SIGNED)),
  insn('lhax',  '011111 RT RA RB 0101010111 /',    'RT,RA0,RB',  'Load Halfword Algebraic Indexed',             load(x, 2, SIGNED)),
  insn('lhau',  '101011 RT RA D',                  'RT,D(RA)',   'Load Halfword Algebraic with Update',         loadUpdate(d, 2, SIGNED)),
  insn('lhaux', '011111 RT RA RB 0101110111 /',    'RT,RA,RB',   'Load Halfword Algebraic with Update Indexed', loadUpdate(x, 2, SIGNED)),
  insn('lwz',   '100000 RT RA D',                  'RT,D(RA0)',  'Load Word and Zero',                          load(d, 4)),
  insn('lwzx',  '011111 RT RA RB 0000010111 /',    'RT,RA0,RB',  'Load Word and Zero Indexed',                  load(x, 4)),
  insn('lwzu',  '100001 RT RA D',                  'RT,D(RA)',   'Load Word and Zero with Update',              loadUpdate(d, 4)),
  insn('lwzux', '011111 RT RA RB 0000110111 /',    'RT,RA,RB',   'Load Word and Zero with Update Indexed',      loadUpdate(x, 4)),
  insn('lwa',   '111010 RT RA DS 10',              'RT,DS(RA0)', 'Load Word Algebraic',                         load(ds, 4, SIGNED)),
  insn('lwax',  '011111 RT RA RB 0101010101 /',    'RT,RA0,RB',  'Load Word Algebraic Indexed',                 load(x, 4, SIGNED)),
  insn('lwaux', '011111 RT RA RB 0101110101 /',    'RT,RA,RB',   'Load Word Algebraic with Update Indexed',     loadUpdate(x, 4, SIGNED)),
  insn('ld',    '111010 RT RA DS 00',              'RT,DS(RA0)', 'Load Doubleword',                             load(ds, 8)),
  insn('ldx',   '011111 RT RA RB 0000010101 /',    'RT,RA0,RB',  'Load Doubleword Indexed',                     load(x, 8)),
  insn('ldu',   '111010 RT RA DS 01',              'RT,DS(RA)',  'Load Doubleword with Update',                 loadUpdate(ds, 8)),
  insn('ldux',  '011111 RT RA RB 0000110101 /',    'RT,RA,RB',   'Load Doubleword with Update Indexed',         loadUpdate(x, 8)),
]);

// prettier-ignore
export const STORES = section('Power ISA 3.0B Book I 3.3.3', [
  insn('stb',   '100110 RS RA D',                  'RS,D(RA0)',  'Store Byte',                                  store(d, 1)),
  insn('stbx',  '011111 RS RA RB 0011010111 /',    'RS,RA0,RB',  'Store Byte Indexed',                          store(x, 1)),
  insn('stbu',  '100111 RS RA D',                  'RS,D(RA)',   'Store Byte with Update',                      storeUpdate(d, 1)),
  insn('stbux', '011111 RS RA RB 0011110111 /',    'RS,RA,RB',   'Store Byte with Update Indexed',              storeUpdate(x, 1)),
  insn('sth',   '101100 RS RA D',                  'RS,D(RA0)',  'Store Halfword',                              store(d, 2)),
  insn('sthx',  '011111 RS RA RB 0110010111 /',    'RS,RA0,RB',  'Store Halfword Indexed',                      store(x, 2)),
  insn('sthu',  '101101 RS RA D',                  'RS,D(RA)',   'Store Halfword with Update',                  storeUpdate(d, 2)),
  insn('sthux', '011111 RS RA RB 0110110111 /',    'RS,RA,RB',   'Store Halfword with Update Indexed',          storeUpdate(x, 2)),
  insn('stw',   '100100 RS RA D',                  'RS,D(RA0)',  'Store Word',                                  store(d, 4)),
  insn('stwx',  '011111 RS RA RB 0010010111 /',    'RS,RA0,RB',  'Store Word Indexed',                          store(x, 4)),
  insn('stwu',  '100101 RS RA D',                  'RS,D(RA)',   'Store Word with Update',                      storeUpdate(d, 4)),
  insn('stwux', '011111 RS RA RB 0010110111 /',    'RS,RA,RB',   'Store Word with Update Indexed',              storeUpdate(x, 4)),
  insn('std',   '111110 RS RA DS 00',              'RS,DS(RA0)', 'Store Doubleword',                            store(ds, 8)),
  insn('stdx',  '011111 RS RA RB 0010010101 /',    'RS,RA0,RB',  'Store Doubleword Indexed',                    store(x, 8)),
  insn('stdu',  '111110 RS RA DS 01',              'RS,DS(RA)',  'Store Doubleword with Update',                storeUpdate(ds, 8)),
  insn('stdux', '011111 RS RA RB 0010110101 /',    'RS,RA,RB',   'Store Doubleword with Update Indexed',        storeUpdate(x, 8)),
]);

// prettier-ignore
export const BYTE_REVERSED = section('Power ISA 3.0B Book I 3.3.5', [
  insn('lhbrx',  '011111 RT RA RB 1100010110 /',   'RT,RA0,RB',  'Load Halfword Byte-Reverse Indexed',          load(x, 2, SWAP)),
  insn('lwbrx',  '011111 RT RA RB 1000010110 /',   'RT,RA0,RB',  'Load Word Byte-Reverse Indexed',              load(x, 4, SWAP)),
  insn('ldbrx',  '011111 RT RA RB 1000010100 /',   'RT,RA0,RB',  'Load Doubleword Byte-Reverse Indexed',        load(x, 8, SWAP)),
  insn('sthbrx', '011111 RS RA RB 1110010110 /',   'RS,RA0,RB',  'Store Halfword Byte-Reverse Indexed',         store(x, 2, SWAP)),
  insn('stwbrx', '011111 RS RA RB 1010010110 /',   'RS,RA0,RB',  'Store Word Byte-Reverse Indexed',             store(x, 4, SWAP)),
  insn('stdbrx', '011111 RS RA RB 1010010100 /',   'RS,RA0,RB',  'Store Doubleword Byte-Reverse Indexed',       store(x, 8, SWAP)),
]);

/** Word after word with the registers from the field's to r31; not in little-endian mode (Book I 3.3.6). */
function multiple(s: Semantics, first: U64, transfer: (register: U64, ea: U64) => void): void {
  s.if(s.le, () => s.raise('alignment', d(s)));
  const [ea, setEa] = s.variable(d(s));
  const [register, setRegister] = s.variable(first);
  s.while(register.ltu(32), () => {
    transfer(register, ea);
    setEa(ea.add(4));
    setRegister(register.add(1));
  });
}

// prettier-ignore
export const MULTIPLE = section('Power ISA 3.0B Book I 3.3.6', [
  insn('lmw',    '101110 RT RA D',                 'RT,D(RA0)',  'Load Multiple Word',                          (s) => multiple(s, s.RT.number, (r, ea) => s.setGprAt(r, s.load(ea, 4)))),
  insn('stmw',   '101111 RS RA D',                 'RS,D(RA0)',  'Store Multiple Word',                         (s) => multiple(s, s.RS.number, (r, ea) => s.store(ea, 4, s.gprAt(r)))),
]);

const aligned = (s: Semantics, ea: U64, size: AccessSize): void => {
  if (size > 1) s.if(ea.and(size - 1).ne(0), () => s.raise('alignment', ea));
};
const loadReserve =
  (size: AccessSize) =>
  (s: Semantics): void => {
    const ea = s.let(x(s));
    aligned(s, ea, size);
    const value = s.load(ea, size);
    s.reservation.set(ea.or(1n << 63n).xor(size));
    s.RT.set(value);
  };
/** Stores when the reservation is there; CR0 says so. The reservation is gone afterwards. */
const storeConditional =
  (size: AccessSize) =>
  (s: Semantics): void => {
    const ea = s.let(x(s));
    aligned(s, ea, size);
    const held = s.let(s.reservation.eq(ea.or(1n << 63n).xor(size)).u64());
    s.if(held.ne(0), () => s.store(ea, size, s.RS));
    s.reservation.set(0);
    s.setCrField(0, held.shl(1).or(s.XER.shru(31).and(1)));
  };

// prettier-ignore
export const RESERVE = section('Power ISA 3.0B Book II 4.6.2', [
  insn('lbarx',  '011111 RT RA RB 0000110100 EH',  'RT,RA0,RB,EH?', 'Load Byte And Reserve Indexed',            loadReserve(1)),
  insn('lharx',  '011111 RT RA RB 0001110100 EH',  'RT,RA0,RB,EH?', 'Load Halfword And Reserve Indexed',        loadReserve(2)),
  insn('lwarx',  '011111 RT RA RB 0000010100 EH',  'RT,RA0,RB,EH?', 'Load Word And Reserve Indexed',            loadReserve(4)),
  insn('ldarx',  '011111 RT RA RB 0001010100 EH',  'RT,RA0,RB,EH?', 'Load Doubleword And Reserve Indexed',      loadReserve(8)),
  insn('stbcx.', '011111 RS RA RB 1010110110 1',   'RS,RA0,RB',  'Store Byte Conditional Indexed',              storeConditional(1)),
  insn('sthcx.', '011111 RS RA RB 1011010110 1',   'RS,RA0,RB',  'Store Halfword Conditional Indexed',          storeConditional(2)),
  insn('stwcx.', '011111 RS RA RB 0010010110 1',   'RS,RA0,RB',  'Store Word Conditional Indexed',              storeConditional(4)),
  insn('stdcx.', '011111 RS RA RB 0011010110 1',   'RS,RA0,RB',  'Store Doubleword Conditional Indexed',        storeConditional(8)),
]);
