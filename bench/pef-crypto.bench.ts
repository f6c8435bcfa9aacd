/** Speed of encryption of pages that leave secure memory, beside what Node's cryptography does by itself. */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { HmacDrbg } from '../emulator/common/drbg';
import {
  PORTABLE_PAGE_CIPHERS,
  type PageCipher,
  type SealedPage,
  firstPageIv,
  nextPageIv,
} from '../emulator/pef/page-crypto';
import { PAGE_BYTES } from '../emulator/pef/page-states';
import { nodePageCiphers } from '../extension/adapter/node-page-ciphers';
import type { Figure } from './figure';

/** 4 MiB, so that the pages come from memory and not from the nearest cache. */
const PAGES = 64;
/** Short rounds in which each subject has its turn, so that what else the computer does hits all of them alike. */
const ROUNDS = 15;
/** What of node:crypto's own speed the interface must leave, as a share. */
const GOAL = 0.5;

const drbg = HmacDrbg.fromSeed('bench', 'pages');
const key = drbg.generate(16);
let ivs = firstPageIv(drbg);
const work = Array.from({ length: PAGES }, () => {
  const { iv, next } = nextPageIv(ivs, drbg);
  ivs = next;
  return { iv, page: drbg.generate(PAGE_BYTES) };
});

type Seal = (iv: Uint8Array, page: Uint8Array) => SealedPage;
type Open = (iv: Uint8Array, sealed: SealedPage) => Uint8Array | undefined;

interface Subject {
  readonly name: string;
  readonly seal: Seal;
  readonly open: Open;
  readonly sealed: readonly SealedPage[];
  /** Milliseconds of the fastest round. */
  best: { seal: number; open: number };
}

function subject(name: string, seal: Seal, open: Open): Subject {
  const sealed = work.map(({ iv, page }) => seal(iv, page));
  return { name, seal, open, sealed, best: { seal: Infinity, open: Infinity } };
}

const ours = (name: string, cipher: PageCipher): Subject =>
  subject(
    `${cipher.name}, ${name}`,
    (iv, page) => cipher.seal(key, iv, page),
    (iv, { ciphertext, tag }) => cipher.open(key, iv, ciphertext, tag),
  );

const alone = (): Subject =>
  subject(
    'AES-128-GCM, node:crypto alone',
    (iv, page) => {
      const cipher = createCipheriv('aes-128-gcm', key, iv);
      const ciphertext = cipher.update(page);
      cipher.final();
      return { ciphertext, tag: cipher.getAuthTag() };
    },
    (iv, { ciphertext, tag }) => {
      const decipher = createDecipheriv('aes-128-gcm', key, iv).setAuthTag(tag);
      const page = decipher.update(ciphertext);
      decipher.final();
      return page;
    },
  );

function round({ seal, open, sealed, best }: Subject): void {
  const start = performance.now();
  for (const { iv, page } of work) seal(iv, page);
  const middle = performance.now();
  work.forEach(({ iv }, i) => {
    if (!open(iv, sealed[i]!)) throw new Error('a page did not open');
  });
  const end = performance.now();
  best.seal = Math.min(best.seal, middle - start);
  best.open = Math.min(best.open, end - middle);
}

export async function bench(): Promise<Figure[]> {
  await Promise.resolve();
  const node = nodePageCiphers();
  const baseline = alone();
  const throughNode = ours('node:crypto', node['AES-128-GCM']);
  const subjects = [
    baseline,
    throughNode,
    ours('portable', PORTABLE_PAGE_CIPHERS['AES-128-GCM']),
    ours('node:crypto', node['AES-128-IAPM']),
    ours('portable', PORTABLE_PAGE_CIPHERS['AES-128-IAPM']),
  ];
  for (let i = 0; i < ROUNDS; i++) subjects.forEach(round);
  const megabytes = (PAGES * PAGE_BYTES) / 1e6;
  return [
    ...subjects.flatMap(({ name, best }): Figure[] => [
      { name: `${name}: seal`, value: megabytes / (best.seal / 1000), unit: 'MB/s' },
      { name: `${name}: open`, value: megabytes / (best.open / 1000), unit: 'MB/s' },
    ]),
    ...(['seal', 'open'] as const).map((what): Figure => ({
      name: `${throughNode.name}: ${what}, share of node:crypto alone`,
      value: baseline.best[what] / throughNode.best[what],
      unit: 'x',
      goal: { atLeast: GOAL },
    })),
  ];
}
