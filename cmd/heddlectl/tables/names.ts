// Names behind the numbers in the maps: pods, nodes and devices, as far as anybody can tell them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listLinks, openSocket } from 'rtnetlink';
import { API, ApiClient } from '../../../loader/api/client.ts';
import type { Config } from '../../../loader/config.ts';
import { parseAttachment, type AttachmentRecord } from '../../../loader/ipam/attachment-record.ts';

import type { Target } from '../invocation/target.ts';

export interface Names {
  /** 'namespace/name' by address. */
  readonly pods: ReadonlyMap<string, string>;
  /** By number, as in hd_node. */
  readonly nodes: ReadonlyMap<number, string>;
  /** By interface index. */
  readonly devices: ReadonlyMap<number, string>;
}

const DEADLINE_MS = 2_000;

/** The running daemon knows them all; without it there are the records of local pods. */
export async function readNames(target: Target): Promise<Names> {
  const devices = readDevices(target.netns);
  if (target.config === undefined) return { pods: new Map(), nodes: new Map(), devices };
  const asked = await askDaemon(target.config);
  return { ...(asked ?? { pods: recordedPods(target.config), nodes: new Map() }), devices };
}

/** undefined when no daemon answers. */
async function askDaemon({ socket }: Config): Promise<Pick<Names, 'pods' | 'nodes'> | undefined> {
  if (!existsSync(socket)) return undefined;
  using client = new ApiClient(socket);
  try {
    const { endpoints } = await client.ask(API.dataplane.listEndpoints, {}, DEADLINE_MS);
    const { nodes } = await client.ask(API.dataplane.listNodes, {}, DEADLINE_MS);
    return {
      pods: new Map(
        endpoints.flatMap(({ address, podNamespace, podName }) =>
          podName ? [[address ?? '', `${podNamespace ?? ''}/${podName}`] as const] : [],
        ),
      ),
      nodes: new Map(nodes.map(({ id, name }) => [id ?? 0, name ?? ''])),
    };
  } catch {
    return undefined; // not running, or not answering: the maps are read all the same
  }
}

function recordedPods({ stateDir }: Config): ReadonlyMap<string, string> {
  return new Map(
    readAttachments(stateDir).flatMap(({ addresses, pod }) =>
      pod === undefined ? [] : addresses.map(addr => [addr, `${pod.namespace}/${pod.name}`] as const),
    ),
  );
}

/** Only reads: the store itself belongs to the daemon. Records that cannot be read are passed over. */
function readAttachments(stateDir: string): AttachmentRecord[] {
  const folder = join(stateDir, 'attachments');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap(name => {
    try {
      const parsed = parseAttachment(readFileSync(join(folder, name), 'utf8'));
      return typeof parsed === 'string' ? [] : [parsed];
    } catch {
      return []; // released while we looked
    }
  });
}

function readDevices(netns: string | undefined): ReadonlyMap<number, string> {
  using socket = openSocket({ netns });
  return new Map(listLinks(socket).map(link => [link.index, link.name]));
}
