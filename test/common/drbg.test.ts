import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../emulator/common/bytes';
import { HmacDrbg } from '../../emulator/common/drbg';

describe('HmacDrbg', () => {
  it('gives the published answer (NIST CAVP drbgvectors_no_reseed, HMAC_DRBG SHA-256, first case)', () => {
    const drbg = new HmacDrbg(
      fromHex('ca851911349384bffe89de1cbdc46e6831e44d34a4fb935ee285dd14b71a7488'),
      fromHex('659ba96c601dc69fc902940805ec0ca8'),
    );
    drbg.generate(128);
    expect(toHex(drbg.generate(128))).toBe(
      'e528e9abf2dece54d47c7e75e5fe302149f817ea9fb4bee6f4199697d04d5b89' +
        'd54fbb978a15b5c443c9ec21036d2460b6f73ebad0dc2aba6e624abf07745bc1' +
        '07694bb7547bb0995f70de25d6b29e2d3011bb19d27676c07162c8b5ccde0668' +
        '961df86803482cb37ed6d5c0bb8d50cf1f50d476aa0458bdaba806f48be9dcb8',
    );
  });

  it('gives the same bytes for the same seed and purpose, and others for another purpose or seed', () => {
    const bytes = (seed: string, purpose: string): string => toHex(HmacDrbg.fromSeed(seed, purpose).generate(40));
    expect(bytes('demo', 'tpm')).toBe(bytes('demo', 'tpm'));
    expect(bytes('demo', 'tpm')).not.toBe(bytes('demo', 'cpu'));
    expect(bytes('demo', 'tpm')).not.toBe(bytes('demo2', 'tpm'));
  });

  it('goes on from a saved state as if nothing had been taken', () => {
    const drbg = HmacDrbg.fromSeed('demo', 'test');
    drbg.generate(7);
    const saved = drbg.save();
    const first = toHex(drbg.generate(100));
    drbg.reseed(fromHex('00112233'));
    expect(toHex(drbg.generate(100))).not.toBe(first);
    drbg.restore(saved);
    expect(toHex(drbg.generate(100))).toBe(first);
  });

  it('depends on what is stirred in', () => {
    const stirred = (hex: string): string => {
      const drbg = HmacDrbg.fromSeed('demo', 'test');
      drbg.reseed(fromHex(hex));
      return toHex(drbg.generate(16));
    };
    expect(stirred('00')).not.toBe(stirred('01'));
  });
});
