// LEVEL=lab: real daemons in network namespaces, and real sockets.
import { labName } from '../../support/lab.ts';
import type { World } from '../../support/policy/world.ts';
import type { Level, LiveLevel } from '../level.ts';
import { CaseLab } from './case-lab.ts';
import { topologyOf } from './plan.ts';

/**
 * Bringing a lab up takes seconds: one serves all cases of the same nodes, addresses and outsiders, one after the
 * other. From scratch means there that its pods, and all that was ever known of them, are new.
 */
export function labLevel(encapsulation: 'always' | 'never' = 'always'): Level {
  const labs = new Labs(encapsulation);
  return {
    name: 'lab',
    async openLevel(world: World): Promise<LiveLevel> {
      let lab = await labs.take(world);
      return {
        async apply(next) {
          if (lab.topology === topologyOf(next)) {
            await lab.apply(next);
            return;
          }
          await labs.giveBack(lab);
          lab = await labs.take(next);
        },
        ask: queries => lab.ask(queries),
        close: () => labs.giveBack(lab),
      };
    },
    finish: () => labs.close(),
  };
}

class Labs {
  readonly #encapsulation: 'always' | 'never';
  #idle: CaseLab | undefined;
  readonly #open = new Set<CaseLab>();

  constructor(encapsulation: 'always' | 'never') {
    this.#encapsulation = encapsulation;
  }

  async take(world: World): Promise<CaseLab> {
    const idle = this.#idle;
    this.#idle = undefined;
    if (idle !== undefined && idle.topology !== topologyOf(world)) await this.#end(idle);
    const isFit = idle?.topology === topologyOf(world);
    const lab = isFit ? idle : await CaseLab.open(world, labName(), this.#encapsulation);
    this.#open.add(lab);
    await lab.apply(world);
    return lab;
  }

  async giveBack(lab: CaseLab): Promise<void> {
    await lab.clear();
    this.#idle = lab;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map(lab => this.#end(lab)));
    this.#idle = undefined;
  }

  async #end(lab: CaseLab): Promise<void> {
    this.#open.delete(lab);
    await lab.close();
  }
}
