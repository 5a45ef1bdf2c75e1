// Reconciles hd_service, hd_backend and hd_backend_info, and says which addresses are VIPs: `tables` writes their rows.
import { fittingServices } from '../services/fitting-services.ts';
import { ServiceCompiler } from '../services/compiler.ts';
import { NO_ROWS } from '../services/services-size.ts';
import { formerServices } from '../tables/former-services.ts';
import { voidCachedFlows } from '../tables/flow-epoch.ts';
import { ServiceTables } from '../tables/service-tables.ts';
import type { Programs } from '../programs/programs.ts';
import type { CompiledServices } from '../services/service-rows.ts';
import type { SyncMode } from '../tables/sync-mode.ts';
import { messageOf } from '../errors.ts';
import { foreignProxyProblems } from './foreign-proxy.ts';
import type { NodeContext } from './node-context.ts';
import type { Reconciler } from './reconciler.ts';

const NOTHING: CompiledServices = { ports: new Map(), vips: new Map(), problems: [], size: NO_ROWS };

export function services(context: NodeContext): Reconciler {
  const { cells, config } = context;
  const isOff = config.services === 'off';
  let writer: ServicesWriter | undefined;
  return {
    name: 'services',
    needs: isOff ? [cells.policy] : [cells.policy, cells.services],
    watches: [cells.kubeProxy],
    isNeededByPods: true,
    sync(mode) {
      const programs = cells.policy.known;
      if (writer?.programs !== programs) {
        writer?.tables[Symbol.dispose]();
        writer = new ServicesWriter(programs, context);
      }
      const problems = writer.sync(mode);
      return isOff
        ? problems
        : [...problems, ...foreignProxyProblems(config.services, cells.kubeProxy.value)];
    },
  };
}

/** Of the maps of one set of programs. */
class ServicesWriter {
  readonly programs: Programs;
  readonly tables: ServiceTables;
  readonly #context: NodeContext;
  readonly #compiler: ServiceCompiler;

  constructor(programs: Programs, context: NodeContext) {
    this.programs = programs;
    this.#context = context;
    const { maps } = programs;
    const { vni } = context.config.tunnel;
    const former = formerServices(maps, vni);
    this.#compiler = new ServiceCompiler(former.idOf);
    for (const [number, backends] of former.sets) this.#compiler.sets.remember(number, backends);
    this.tables = new ServiceTables(maps, {
      vni,
      onGone: set => this.#compiler.sets.forget(set),
      onDeleted: rows => {
        this.#note(rows, 'deleted');
      },
      onFailure: error => {
        context.onChange({ subject: 'services', action: `rows stay for now: ${messageOf(error)}` });
      },
    });
  }

  sync(mode: SyncMode): readonly string[] {
    const { cells, config } = this.#context;
    const input = cells.services.value;
    const compiled = input === undefined ? NOTHING : this.#compiler.update(input);
    const { ports, vips, problems } = fittingServices(compiled, config.maps);
    this.#note(this.tables.sync(ports, mode), 'written');
    cells.vips.set(vips);
    this.tables.retire(); // a VIP's row goes within this turn, when `tables` runs
    return problems;
  }

  #note(rows: number, how: 'written' | 'deleted'): void {
    if (rows === 0) return;
    voidCachedFlows(this.programs.maps.hd_flow_epoch);
    this.#context.onChange({ subject: 'services', action: `${rows} rows ${how}` });
  }
}
