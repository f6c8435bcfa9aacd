/** Flows of contexts, and of what the TPM tells of its slots. */

import { fromHex } from '../../../emulator/common/bytes';
import { attributes, shapeOf, type SavedContext } from '../client';
import { keyedHash, SEALED, STORAGE } from '../templates';
import { type Flow, NOTHING, PASSWORD, primary, child, flushAll } from './shared';

/** Objects and sessions that are saved and loaded again, as tools do without a resource manager. */
export const contexts: Flow = async (tpm) => {
  const save = async (saveHandle: number): Promise<SavedContext> => {
    const { fields } = await tpm.run('TPM2_ContextSave', { saveHandle });
    tpm.log.pop();
    const { contextBlob, ...head } = fields.context!;
    tpm.log.push(`saved ${shapeOf(head)}`);
    return { contextBlob, ...head };
  };
  const load = (context: SavedContext): Promise<unknown> => tpm.run('TPM2_ContextLoad', { context: { ...context } });
  await tpm.run('TPM2_ContextSave', { saveHandle: 0x8000_0000 });
  await tpm.run('TPM2_ContextSave', { saveHandle: 0x0200_0000 });
  await tpm.run('TPM2_ContextSave', { saveHandle: 0x8100_0000 });
  const storage = await primary(tpm);
  const sealed = await child(tpm, storage.objectHandle, SEALED, PASSWORD, fromHex('0102'));
  const stClear = await child(
    tpm,
    storage.objectHandle,
    keyedHash(attributes('fixedTPM', 'fixedParent', 'noDA', 'userWithAuth', 'stClear')),
    NOTHING,
    fromHex('03'),
  );
  const [first, second] = [await save(sealed.objectHandle), await save(stClear.objectHandle)];
  await load(first);
  await tpm.flush(stClear.objectHandle);
  await load(first);
  await tpm.run('TPM2_Unseal', { itemHandle: stClear.objectHandle }, [{ password: PASSWORD }]);
  await tpm.flush(sealed.objectHandle);
  await load(second);
  await tpm.run('TPM2_Unseal', { itemHandle: sealed.objectHandle });
  const changes: Partial<SavedContext>[] = [
    { sequence: first.sequence + 1n },
    { savedHandle: 0x8000_0002 },
    { savedHandle: 0x8000_0003 },
    { hierarchy: 0x4000_0007 },
    { hierarchy: 0x4000_000a },
    { contextBlob: first.contextBlob.map((byte, i) => (i === 80 ? byte ^ 1 : byte)) },
    { contextBlob: first.contextBlob.slice(0, 40) },
    { contextBlob: first.contextBlob.slice(0, 70) },
    { contextBlob: NOTHING },
    { contextBlob: new Uint8Array(40) },
  ];
  for (const change of changes) await load({ ...first, ...change });
  await flushAll(tpm);

  const handles: number[] = [];
  const saved: SavedContext[] = [];
  for (let i = 0; i < 5; i++) {
    const session = await tpm.startSession(i % 2 === 0 ? 'TPM_SE_HMAC' : 'TPM_SE_POLICY');
    handles.push(session.handle);
    await tpm.run('TPM2_GetRandom', { bytesRequested: 2 }, [{ session, encrypt: true }]);
    saved.push(await save(session.handle));
    await tpm.run('TPM2_GetRandom', { bytesRequested: 2 }, [{ session, encrypt: true }]);
    if (i !== 3) continue;
    await load(saved[i]!);
    await tpm.run('TPM2_GetRandom', { bytesRequested: 2 }, [{ session, encrypt: true }]);
    await load(saved[i]!);
    saved[i] = await save(session.handle);
  }
  for (const property of [0x0200_0000, 0x0300_0000, 0x0300_0003]) {
    await tpm.run('TPM2_GetCapability', { capability: 'TPM_CAP_HANDLES', property, propertyCount: 9 });
  }
  for (const context of saved) await load(context);
  await tpm.flush(handles[4]!);
  await load(saved[4]!);
  for (const handle of handles) await tpm.flush(handle);
};

/** What a TPM tells of objects and sessions in use. */
export const capabilities: Flow = async (tpm) => {
  const ask = async (capability: string, property: number, propertyCount: number): Promise<void> => {
    await tpm.run('TPM2_GetCapability', { capability, property, propertyCount });
  };
  const look = async (): Promise<void> => {
    for (const kind of [0x0200_0000, 0x0200_0001, 0x0300_0000, 0x8000_0000, 0x8000_0001, 0x8100_0000, 0x8180_0001]) {
      await ask('TPM_CAP_HANDLES', kind, 100);
      await ask('TPM_CAP_HANDLES', kind, 1);
    }
    for (let property = 0x200; property <= 0x208; property++) await ask('TPM_CAP_TPM_PROPERTIES', property, 1);
    for (let property = 0x20e; property <= 0x211; property++) await ask('TPM_CAP_TPM_PROPERTIES', property, 1);
    await ask('TPM_CAP_TPM_PROPERTIES', 0x11a, 1);
  };
  await look();
  const { objectHandle } = await primary(tpm);
  await primary(tpm, STORAGE, 'TPM_RH_NULL');
  await tpm.run('TPM2_EvictControl', { auth: 'TPM_RH_OWNER', objectHandle, persistentHandle: 0x8100_0001 });
  await tpm.startSession('TPM_SE_HMAC');
  await tpm.startSession('TPM_SE_POLICY');
  await look();
  for (const alg of [1, 5, 6, 7, 8, 0xa, 0xb, 0x15, 0x17, 0x22, 0x25]) await ask('TPM_CAP_ALGS', alg, 1);
};
