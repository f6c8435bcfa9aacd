import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat } from '../../emulator/common/bytes';
import { InputError } from '../../emulator/common/errors';
import { cpioOfFile } from '../../emulator/image/cpio';
import { addToInitrd, locateEsmBlob } from '../../emulator/pef/esm';
import { BLOB, vector } from './esm-vectors';

const INITRD = vector('boot/initrd');
const SVM_INITRD = vector('svm-initrd');

describe('a blob in an initrd', () => {
  it('is where svm-tool puts it', () => {
    const { blob, name, blobOffset, initrdOffset } = locateEsmBlob(SVM_INITRD);
    expect([name, blobOffset, initrdOffset]).toEqual(['opt/ibm/pef/guest.esmb', 0x260, 8192]);
    expect(blob).toEqual(BLOB);
    expect(SVM_INITRD.slice(initrdOffset)).toEqual(INITRD);
  });
  it('is there after adding it', () => {
    const initrd = addToInitrd(INITRD, BLOB, 'x.esmb');
    expect(initrd).toHaveLength(SVM_INITRD.length);
    const { blob, name, initrdOffset } = locateEsmBlob(initrd);
    expect([name, initrd.slice(initrdOffset)]).toEqual(['opt/ibm/pef/x.esmb', INITRD]);
    expect(blob).toEqual(BLOB);
  });
  it('may have other bytes before it in its file, as many as 4 divides', () => {
    const at = (count: number) => locateEsmBlob(cpioOfFile('opt/ibm/pef/x', concat(new Uint8Array(count), BLOB)));
    expect(at(8).blob).toEqual(BLOB);
    expect(() => at(6)).toThrow(expect.objectContaining({ code: 'esm-no-blob' }));
  });
  it('ends the archive where the address says', () => {
    expect(locateEsmBlob(SVM_INITRD, 0x10000n).initrdOffset).toBe(8192);
    expect(locateEsmBlob(SVM_INITRD, 0x10100n).initrdOffset).toBe(8192 - 256);
  });
  it('leaves the initrd whole when the archive has no trailer', () => {
    const end = SVM_INITRD.length - 1;
    const cut = concat(SVM_INITRD.slice(0, 0x260 + 7144), SVM_INITRD.slice(8192, end));
    expect(locateEsmBlob(cut)).toMatchObject({ name: 'opt/ibm/pef/guest.esmb', initrdOffset: 0 });
  });
  it.each([
    ['no archive', INITRD, 'esm-no-archive', 'does not begin with an archive'],
    ['nothing', new Uint8Array(), 'esm-no-archive', 'does not begin with an archive'],
    ['another archive', cpioOfFile('init', BLOB), 'esm-wrong-path', 'The first file of the initrd is "init"'],
    ['an archive without files', cpioOfFile('opt/ibm/pef/x', new Uint8Array()), 'esm-no-blob', 'no device tree'],
    ['other files', cpioOfFile('opt/ibm/pef/x', INITRD), 'esm-no-blob', 'no device tree'],
    ['half an archive', cpioOfFile('opt/ibm/pef/x', INITRD).slice(0, 2000), 'esm-no-archive', 'not all there'],
  ])('is not in %s', (_, bytes, code, message) => {
    expect(() => locateEsmBlob(bytes)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });
  it('is found or refused, whatever the bytes are', () => {
    const change = fc.tuple(fc.nat(0x400), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = SVM_INITRD.slice(0, 9000);
        for (const [at, value] of changes) bytes[at] = value;
        try {
          expect(locateEsmBlob(bytes).initrdOffset).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
    );
  });
  it('cannot have a name with slashes', () => {
    expect(() => addToInitrd(INITRD, BLOB, 'a/b')).toThrow('leave out the slashes');
  });
});
