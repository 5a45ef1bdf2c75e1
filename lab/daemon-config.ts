// The configuration file of a node's daemon.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { labLimits } from './limits.ts';
import type { LabPlan, NodePlan } from './plan.ts';

/** Small: a lab of many nodes is on one machine. */
const MAP_ENTRIES = { endpoints: 16_384, routes: 4_096, conntrack: 16_384 };

export function writeDaemonConfig(plan: LabPlan, node: NodePlan): void {
  mkdirSync(dirname(node.configFile), { recursive: true });
  writeFileSync(node.configFile, stringify(daemonConfig(plan, node)));
}

/** `options.config` overrides, group by group. */
function daemonConfig(plan: LabPlan, node: NodePlan): object {
  const { config, encapsulation, xdp } = plan.options;
  const { tunnel, ...rest } = config;
  return {
    nodeName: node.name,
    uplink: 'eth0',
    pinRoot: node.pinRoot,
    stateDir: node.stateDir,
    runDir: dirname(node.socket),
    socket: node.socket,
    source: { kind: 'manifests', directory: plan.manifests },
    xdp,
    maps: MAP_ENTRIES,
    flannel: { hostLocalDir: join(dirname(node.configFile), 'host-local/networks') }, // the machine's are not this node's
    podWaitMs: labLimits().podObject,
    ...rest,
    tunnel: { encapsulation, ...(tunnel as object | undefined) },
  };
}
