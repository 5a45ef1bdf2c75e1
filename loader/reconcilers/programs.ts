// The programs and maps of this node, loaded or adopted; loaded anew when a constant of theirs has changed.
import { isDeepStrictEqual } from 'node:util';
import { openDatapath, type Datapath } from '../programs/programs.ts';
import type { NodeSettings } from '../programs/settings.ts';
import { ownNodeOf, type NodeContext } from './node-context.ts';
import { notifyAll } from './notify-all.ts';
import { mapSizesOf, nodeSettings } from './node-settings.ts';
import type { Reconciler } from './reconciler.ts';

export function programs(context: NodeContext): Reconciler & Disposable {
  const { config, cells, nodeIds } = context;
  let opened: { readonly datapath: Datapath; readonly settings: NodeSettings } | undefined;
  const former = new Set<Datapath>();
  cells.tables.onChange(() => {
    if (cells.tables.value !== undefined) disposeAll(former);
  });
  return {
    name: 'programs',
    needs: [cells.nodes, cells.uplinks, cells.overlay],
    isNeededByPods: true,
    sync() {
      const settings = nodeSettings(config, {
        nodeId: nodeIds.of(cells.nodes.known, ownNodeOf(context)).get(config.nodeName) ?? 0,
        uplinkIfindex: cells.uplinks.known[0]?.ifindex ?? 0,
        overlayIfindex: cells.overlay.known.ifindex,
        kernelVxlan: cells.overlay.known.kind === 'vxlan',
      });
      if (opened === undefined || !isDeepStrictEqual(settings, opened.settings)) {
        const datapath = open(context, settings);
        if (opened !== undefined) former.add(opened.datapath); // ADD and DEL use it until the tables are written
        opened = { datapath, settings };
        cells.programs.set(opened.datapath);
      }
      return absentHooks(opened.datapath.absentHooks);
    },
    [Symbol.dispose]() {
      disposeAll(former);
      opened?.datapath[Symbol.dispose]();
      opened = undefined;
    },
  };
}

function disposeAll(datapaths: Set<Datapath>): void {
  for (const datapath of datapaths) datapath[Symbol.dispose]();
  datapaths.clear();
}

/** Its maps may be new and empty: what was written and attached before counts for nothing. */
function open(context: NodeContext, settings: NodeSettings): Datapath {
  const { config, cells } = context;
  const datapath = openDatapath({
    pinRoot: config.pinRoot,
    settings,
    mapSizes: mapSizesOf(config),
    expedite: config.expediteAttach,
  });
  notifyAll(context, datapath.changes);
  cells.policy.clear();
  cells.tables.clear();
  return datapath;
}

/** What policy cannot hold where netfilter has no BPF links. */
function absentHooks(hooks: readonly string[]): string[] {
  if (hooks.length === 0) return [];
  const kernel = `this kernel (before 6.4) has no place for ${hooks.join(' and ')}`;
  return [
    `${kernel}: what netfilter translates, or this node takes in, is judged by the address that the pod asked for`,
  ];
}
