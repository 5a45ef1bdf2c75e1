// Names for ids in the maps: pods, nodes and devices, as far as they can be resolved.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listLinks, openSocket } from 'rtnetlink';
import { API } from '../../../loader/api/client.ts';
import type { Config } from '../../../loader/config.ts';
import { messageOf } from '../../../loader/errors.ts';
import { parseAttachment, type AttachmentRecord } from '../../../loader/ipam/attachment-record.ts';
import { askDaemonIfAnswering } from '../invocation/ask-daemon.ts';
import type { Target } from '../invocation/target.ts';
import { say } from '../output/terminal.ts';

export interface Names {
  /** 'namespace/name' by address. */
  readonly pods: ReadonlyMap<string, string>;
  /** 'namespace/name' by address; only the daemon knows them. */
  readonly services: ReadonlyMap<string, string>;
  /** By node id, as in hd_node. */
  readonly nodes: ReadonlyMap<number, string>;
  /** By interface index. */
  readonly devices: ReadonlyMap<number, string>;
}

const NO_NAMES = { pods: new Map(), nodes: new Map(), services: new Map() } as const;

/** From the running daemon; without it, local pods from their records. */
export async function readNames(target: Target): Promise<Names> {
  const devices = readDevices(target.netns);
  if (target.config === undefined) return { ...NO_NAMES, devices };
  const asked = await namesOfDaemon(target);
  return { ...(asked ?? { ...NO_NAMES, pods: recordedPods(target.config) }), devices };
}

/** Undefined when no daemon answers: ids without names. That one answers and does not tell them is said. */
async function namesOfDaemon(
  target: Target,
): Promise<Pick<Names, 'pods' | 'nodes' | 'services'> | undefined> {
  try {
    const endpoints = (await askDaemonIfAnswering(target, API.dataplane.listEndpoints, {}))?.endpoints;
    const nodes = (await askDaemonIfAnswering(target, API.dataplane.listNodes, {}))?.nodes;
    if (endpoints === undefined || nodes === undefined) return undefined;
    return {
      pods: new Map(
        endpoints.flatMap(({ address, podNamespace, podName }) =>
          podName ? [[address ?? '', `${podNamespace ?? ''}/${podName}`] as const] : [],
        ),
      ),
      services: new Map(
        endpoints.flatMap(({ address, serviceNamespace, serviceName }) =>
          serviceName ? [[address ?? '', `${serviceNamespace ?? ''}/${serviceName}`] as const] : [],
        ),
      ),
      nodes: new Map(nodes.map(({ id, name }) => [id ?? 0, name ?? ''])),
    };
  } catch (error) {
    say(`names of remote pods and of nodes are missing: ${messageOf(error)}`);
    return undefined;
  }
}

function recordedPods({ stateDir }: Config): ReadonlyMap<string, string> {
  return new Map(
    readAttachments(stateDir).flatMap(({ addresses, pod }) =>
      pod === undefined ? [] : addresses.map(addr => [addr, `${pod.namespace}/${pod.name}`] as const),
    ),
  );
}

/** Read-only: AttachmentStore would move damaged records. Records that cannot be parsed are skipped. */
function readAttachments(stateDir: string): AttachmentRecord[] {
  const folder = join(stateDir, 'attachments');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap(name => {
    try {
      const parsed = parseAttachment(readFileSync(join(folder, name), 'utf8'));
      return typeof parsed === 'string' ? [] : [parsed];
    } catch {
      return []; // released meanwhile
    }
  });
}

function readDevices(netns: string | undefined): ReadonlyMap<number, string> {
  using socket = openSocket({ netns });
  return new Map(listLinks(socket).map(link => [link.index, link.name]));
}
