// Reads local pods' devices, and foreign qdiscs and filters on them.
//
// A device is found by its name, and after a rename by its pinned links, which know its index. A pod's
// device that no attachment has (a DEL under way, an ADD that was cut off, a lost record) is closed: it keeps its
// programs and gets no rows, and without a row they drop every packet.
import { listLinks, type Link } from 'rtnetlink';
import type { Attachment } from '../model/attachment.ts';
import type { LocalPod } from '../model/tables-input.ts';
import { readForeign } from '../network/foreign.ts';
import { podOwnerOf } from '../network/pod-links.ts';
import type { PinnedLink } from '../programs/pinned-links.ts';
import type { ClosedDevice } from './local-pods.ts';
import type { NodeContext } from './node-context.ts';
import type { Reconciler } from './reconciler.ts';

export function pods(context: NodeContext): Reconciler {
  const { socket, cells, localPods } = context;
  return {
    name: 'pods',
    needs: [cells.programs],
    announcedBy: ['link'],
    isNeededByPods: true,
    sync() {
      const attached = context.attachments();
      const { programs, links } = cells.programs.known.status();
      const devices = new PodDevices(listLinks(socket), links);
      const found = attached.flatMap(attachment => {
        const link = devices.find(attachment);
        return link === undefined ? [] : [{ attachment, ifindex: link.index, name: link.name }];
      });
      const closed = devices.closed(found);
      const own = new Set(programs.map(program => program.id));
      const indexes = found.map(pod => pod.ifindex);
      const foreign = readForeign(socket, indexes, own);
      const pods = found.map(({ attachment, ifindex }) => ({
        ...{ attachment, ifindex, slowPath: foreign.has(ifindex) },
      }));
      cells.localPods.set(localPods.refresh(pods, closed));
      const isFound = new Set(found.map(({ attachment }) => attachment));
      return [
        ...attached.filter(attachment => !isFound.has(attachment)).map(goneProblem),
        ...found.filter(({ attachment, name }) => attachment.hostInterface !== name).map(renamedProblem),
        ...devices.lost(closed, context.unfinished()).map(lostProblem),
      ];
    },
  };
}

class PodDevices {
  /** Links of pods' programs that are attached. */
  readonly #attached: readonly PinnedLink[];
  readonly #byName: ReadonlyMap<string, Link>;
  readonly #byIndex: ReadonlyMap<number, Link>;

  constructor(links: readonly Link[], pinned: readonly PinnedLink[]) {
    this.#attached = pinned.filter(
      ({ hook, programId }) => (hook === 'pod_tx' || hook === 'pod_rx') && programId !== 0,
    );
    this.#byName = new Map(links.map(link => [link.name, link]));
    this.#byIndex = new Map(links.map(link => [link.index, link]));
  }

  find({ hostInterface }: Attachment): Link | undefined {
    return this.#byName.get(hostInterface) ?? this.#renamed(hostInterface);
  }

  /** Devices that carry a pod's alias, and devices of their pins' name, which a caller may have made. */
  closed(found: readonly Pick<LocalPod, 'ifindex'>[]): ClosedDevice[] {
    const taken = new Set(found.map(({ ifindex }) => ifindex));
    const marked = [...this.#byIndex.values()].filter(link => podOwnerOf(link) !== undefined);
    const pinned = this.#attached
      .map(({ device = '', ifindex }) => ({ link: this.#byName.get(device), ifindex }))
      .flatMap(({ link, ifindex }) => (link !== undefined && link.index === ifindex ? [link] : []));
    return [...new Set([...marked, ...pinned])]
      .filter(({ index }) => !taken.has(index))
      .map(({ index, name }) => ({ ifindex: index, name }));
  }

  /** Of closed devices, those that no DEL and no start will remove. */
  lost(
    closed: readonly ClosedDevice[],
    unfinished: readonly Attachment[],
  ): { readonly name: string; readonly owner: string }[] {
    const expected = new Set(unfinished.map(({ hostInterface }) => hostInterface));
    return closed
      .filter(({ name }) => !expected.has(name))
      .map(({ name, ifindex }) => ({ name, owner: this.#ownerOf(ifindex) }));
  }

  #ownerOf(ifindex: number): string {
    const link = this.#byIndex.get(ifindex);
    return (link && podOwnerOf(link)) ?? 'a registered pod';
  }

  #renamed(hostInterface: string): Link | undefined {
    const ifindex = this.#attached.find(({ device }) => device === hostInterface)?.ifindex;
    return ifindex === undefined ? undefined : this.#byIndex.get(ifindex);
  }
}

function goneProblem({ hostInterface, containerId }: Attachment): string {
  return `the interface ${hostInterface} of container ${containerId} is gone: its runtime should delete it`;
}

function renamedProblem({
  attachment,
  name,
}: {
  readonly attachment: Attachment;
  readonly name: string;
}): string {
  const { hostInterface, containerId } = attachment;
  return `the interface ${hostInterface} of container ${containerId} was renamed to ${name}: its policy holds; rename it back for CNI CHECK`;
}

function lostProblem({ name, owner }: { readonly name: string; readonly owner: string }): string {
  return `the interface ${name} of ${owner} has no record in the state directory, so nothing passes it: delete the pod`;
}
