/** Where the project is, and its manifest. */
import fs from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');

/** @returns {Record<string, any>} */
export const manifest = () => JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
