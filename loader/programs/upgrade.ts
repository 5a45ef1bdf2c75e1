// Steps of an upgrade: new maps and programs replace the pinned ones. A process that ends between two steps leaves
// either the old set or `:next` replacements, which the next start removes.
import { existsSync, renameSync } from 'node:fs';
import { unpin } from 'libbpf-ts';
import type { MapName } from '../abi/abi.gen.ts';
import type { Change } from '../model/change.ts';
import type { ProgramSet } from './load.ts';
import { mapPin, nextPin, programPin, removePin, replacePin, unfinishedPins, unknownPins } from './pin.ts';

export class Upgrade {
  readonly #pinRoot: string;
  readonly #onStep: (step: string) => void;
  #pending: readonly MapName[] = [];

  constructor(pinRoot: string, onStep: (step: string) => void) {
    this.#pinRoot = pinRoot;
    this.#onStep = onStep;
  }

  /** Removes replacements of a start that did not finish; no link uses them. */
  removeUnfinished(): void {
    for (const path of unfinishedPins(this.#pinRoot)) unpin(path);
  }

  /** Pins new maps; a map that replaces a pinned one gets a `:next` pin until `commit`. */
  pinMaps({ maps, freshMaps }: ProgramSet, outdated: ReadonlySet<MapName>): void {
    this.#pending = [...freshMaps].filter(name => outdated.has(name));
    for (const name of freshMaps) {
      const map = maps.get(name);
      const path = mapPin(this.#pinRoot, name);
      if (map !== undefined) replacePin(map, outdated.has(name) ? nextPin(path) : path);
    }
    this.#onStep('replacements pinned');
  }

  /** Called once every link runs the new programs. Also restores missing pins. */
  commit(set: ProgramSet): Change[] {
    this.#onStep('links switched');
    for (const name of this.#pending) {
      const path = mapPin(this.#pinRoot, name);
      renameSync(nextPin(path), path);
      this.#onStep(`${name} renamed`);
    }
    this.#pending = [];
    const restored = this.#restoreMaps(set);
    return [...restored, ...this.#pinPrograms(set), ...this.#removeUnknown()];
  }

  #removeUnknown(): Change[] {
    return unknownPins(this.#pinRoot).map(path => {
      removePin(path);
      return { subject: path, action: 'removed: an earlier version pinned it' };
    });
  }

  #restoreMaps({ maps }: ProgramSet): Change[] {
    const missing = [...maps].filter(([name]) => !existsSync(mapPin(this.#pinRoot, name)));
    return missing.map(([name, map]) => {
      replacePin(map, mapPin(this.#pinRoot, name));
      return { subject: name, action: 'pinned again' };
    });
  }

  #pinPrograms({ programs, fresh }: ProgramSet): Change[] {
    const restored: Change[] = [];
    for (const [hook, program] of programs) {
      const path = programPin(this.#pinRoot, hook);
      const isMissing = !existsSync(path);
      if (fresh.has(hook) || isMissing) replacePin(program, path);
      if (isMissing && !fresh.has(hook)) restored.push({ subject: hook, action: 'pinned again' });
      fresh.delete(hook);
    }
    this.#onStep('programs pinned');
    return restored;
  }
}
