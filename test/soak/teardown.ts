// What is to be undone at the end of a run, in reverse order: what tests give to their `t`.

export class Teardown {
  readonly #undo: (() => unknown)[] = [];

  teardown(undo: () => unknown): void {
    this.#undo.push(undo);
  }

  /** All of it, also what follows one that fails; throws the first failure. */
  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop())
      try {
        await undo();
      } catch (error) {
        failures.push(error);
      }
    if (failures.length > 0) throw failures[0];
  }
}
