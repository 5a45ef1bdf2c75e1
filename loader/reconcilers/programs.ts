// Reconciles the node's programs and maps: adopts or loads them, and reloads them when a constant changes.
import { isDeepStrictEqual } from 'node:util';
import { openPrograms, type Programs } from '../programs/programs.ts';
import { ownNodeOf, type NodeContext } from './node-context.ts';
import { notifyAll } from './notify-all.ts';
import { hasCtInsert, type ProgramConstants } from '../programs/program-constants.ts';
import { mapSizesOf, programConstants } from './program-constants.ts';
import type { Reconciler } from './reconciler.ts';

interface Loaded {
  readonly loaded: Programs;
  readonly constants: ProgramConstants;
  /** Whether they call netfilter's conntrack; a module of it may be loaded later. */
  readonly ctInsert: boolean;
}

export function programs(context: NodeContext): Reconciler & Disposable {
  const { config, cells, nodeIds } = context;
  let current: Loaded | undefined;
  const former = new Set<Programs>();
  cells.tables.onChange(() => {
    if (cells.tables.value !== undefined) disposeAll(former);
  });
  return {
    name: 'programs',
    needs: [cells.nodes, cells.overlay],
    isNeededByPods: true,
    sync() {
      const constants = programConstants(config, {
        ownNodeId: nodeIds.of(cells.nodes.known, ownNodeOf(context)).get(config.nodeName) ?? 0,
        overlayIfindex: cells.overlay.known.ifindex,
        kernelVxlan: cells.overlay.known.kind === 'vxlan',
      });
      const ctInsert = hasCtInsert();
      if (current?.ctInsert !== ctInsert || !isDeepStrictEqual(constants, current.constants)) {
        const loaded = open(context, constants);
        if (current !== undefined) former.add(current.loaded); // ADD and DEL use it until the tables are written
        current = { loaded, constants, ctInsert };
        cells.programs.set(loaded);
      }
      return limits(current);
    },
    [Symbol.dispose]() {
      disposeAll(former);
      current?.loaded[Symbol.dispose]();
      current = undefined;
    },
  };
}

function disposeAll(former: Set<Programs>): void {
  for (const loaded of former) loaded[Symbol.dispose]();
  former.clear();
}

/** New maps may be empty, so policy and tables become unknown and are written again. */
function open(context: NodeContext, constants: ProgramConstants): Programs {
  const { config, cells } = context;
  const loaded = openPrograms({
    pinRoot: config.pinRoot,
    constants,
    mapSizes: mapSizesOf(config),
    expedite: config.expediteAttach,
  });
  notifyAll(context, loaded.changes);
  cells.policy.clear();
  cells.tables.clear();
  return loaded;
}

/** Of policy: on kernels without BPF links in netfilter, or without functions of its conntrack. */
function limits({ loaded: { absentHooks: hooks }, ctInsert }: Loaded): string[] {
  if (hooks.length > 0)
    return [
      `this kernel (before 6.4) cannot load ${hooks.join(' and ')}: policy sees the destination before DNAT for packets that netfilter ` +
        'translates or that this node receives',
    ];
  if (ctInsert) return [];
  return [
    "programs cannot ask netfilter's conntrack (modprobe nf_conntrack, on a kernel with CONFIG_DEBUG_INFO_BTF_MODULES): of a flow " +
      'that a flow table masquerades, policy is not checked when it changes',
  ];
}
