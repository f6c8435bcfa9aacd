/** Something that this machine cannot run: a missing program or an unreachable registry; not a failing test. */
export class NotRunnable extends Error {
  /**
   * @param {string} reason what is missing
   * @param {string} remedy what to do about it
   */
  constructor(reason, remedy) {
    super(`${reason}; ${remedy}`);
    this.name = 'NotRunnable';
  }
}
