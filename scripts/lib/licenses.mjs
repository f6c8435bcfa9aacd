/** The licences of the packages that the bundles contain; most ask that their notice goes along. */
import fs from 'node:fs';
import path from 'node:path';
import { root } from './project.mjs';

/**
 * @param {Iterable<string>} inputs paths of the bundled files, from the project's root
 * @returns {string} one section a package, by name
 * @throws Error for a package without a licence file or field: it must not be shipped
 */
export function licenseNotices(inputs) {
  const folders = new Set();
  for (const input of inputs) {
    const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0];
    if (folder) folders.add(folder);
  }
  const sections = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(fs.readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
    const file = fs.readdirSync(path.join(root, folder)).find((entry) => /^(licen[cs]e|copying)(\.|$)/i.test(entry));
    if (!file && !license) throw new Error(`${name} has no licence and cannot be bundled`);
    const text = file ? fs.readFileSync(path.join(root, folder, file), 'utf8').trim() : `License: ${license}`;
    return `${name} ${version}\n\n${text}\n`;
  });
  return `The bundles in this folder contain these packages.\n\n${sections.join(`\n${'-'.repeat(80)}\n\n`)}`;
}
