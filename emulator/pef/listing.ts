/**
 * Listings: readable pseudo-code of firmware routines, which the debugger shows as the source of their frames.
 *
 * A listing is written once, beside the routine that follows it. Each line has a label before `|`; the routine names the
 * label when it is about to do what the line says, so the two cannot drift apart unnoticed (a test runs every label).
 */

export interface ListingLine {
  readonly label: string;
  readonly text: string;
}

export interface Listing {
  /** Name of the routine, for instance `H_TPM_COMM`. */
  readonly name: string;
  /** Whose software it models: hypervisor, ultravisor or TPM. */
  readonly owner: 'hypervisor' | 'ultravisor' | 'TPM';
  readonly source: string;
  readonly lines: readonly ListingLine[];
}

const HEADER_LINES = 2;

/**
 * A listing from its text: one line each, `label | text`; lines without a label before the bar cannot be stopped at.
 *
 * @throws RangeError when a label stands twice (a mistake in this project)
 */
export function listing(name: string, owner: Listing['owner'], source: string, text: string): Listing {
  const lines = text
    .replace(/^\n/, '')
    .replace(/\n\s*$/, '')
    .split('\n')
    .map((line) => {
      const bar = line.indexOf('|');
      return { label: line.slice(0, bar).trim(), text: line.slice(bar + 1).replace(/^ /, '') };
    });
  const labels = lines.map((line) => line.label).filter((label) => label !== '');
  if (new Set(labels).size !== labels.length) throw new RangeError(`listing ${name} has a label twice`);
  return { name, owner, source, lines };
}

/** The text that the debugger shows: a heading of two lines, then the lines. */
export function listingText(of: Listing): string {
  return (
    [`// ${of.name}: ${of.owner} model, after ${of.source}`, '', ...of.lines.map((line) => line.text)].join('\n') + '\n'
  );
}

/**
 * One-based line of a label in the text that `listingText` gives.
 *
 * @throws RangeError for a label that the listing lacks (a mistake in this project)
 */
export function listingLine(of: Listing, label: string): number {
  const index = of.lines.findIndex((line) => line.label === label);
  if (index < 0) throw new RangeError(`listing ${of.name} has no line labelled ${label}`);
  return index + 1 + HEADER_LINES;
}
