/**
 * The suite that runs inside VS Code's extension host, for @vscode/test-electron and for the VS Code server alike: both
 * call `run`. The extension under test is the installed .vsix; the results also go to the file that
 * `PEF_SUITE_RESULTS` names.
 */
import Mocha from 'mocha';
import * as fs from 'node:fs';

interface TestResult {
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly milliseconds: number;
  readonly error?: string;
}

export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', color: false, timeout: 30_000, slow: 3_000, reporter: 'spec' });
  // What Mocha does before it loads a file; the files are in this bundle.
  mocha.suite.emit(Mocha.Suite.constants.EVENT_FILE_PRE_REQUIRE, globalThis, '', mocha);
  await import('./activation');
  await import('./language');
  await import('./launch');
  await import('./debugging');

  const results: TestResult[] = [];
  const file = process.env.PEF_SUITE_RESULTS;
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    const record = (test: Mocha.Test | Mocha.Hook, state: TestResult['state'], error?: Error) => {
      results.push({
        name: test.fullTitle(),
        state,
        milliseconds: test.duration ?? 0,
        ...(error && { error: error.stack ?? error.message }),
      });
      // After each test, so that a run that does not end tells how far it came.
      if (file) fs.writeFileSync(file, JSON.stringify(results));
    };
    runner.on('pass', (test) => record(test, 'passed'));
    runner.on('fail', (test, error: Error) => record(test, 'failed', error));
    runner.on('pending', (test) => record(test, 'skipped'));
  });
  if (failures > 0) throw new Error(`${failures} tests failed`);
}
