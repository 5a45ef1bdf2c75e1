// Reads local pods' devices, and foreign qdiscs and filters on them.
import { listLinks } from 'rtnetlink';
import type { Attachment } from '../model/attachment.ts';
import { readForeign } from '../network/foreign.ts';
import type { NodeContext } from './node-context.ts';
import type { Reconciler } from './reconciler.ts';

export function pods({ socket, cells, localPods, attachments }: NodeContext): Reconciler {
  return {
    name: 'pods',
    needs: [cells.programs],
    announcedBy: ['link'],
    isNeededByPods: true,
    sync() {
      const attached = attachments();
      const byName = new Map(listLinks(socket).map(link => [link.name, link.index]));
      const found = attached.flatMap(attachment => {
        const ifindex = byName.get(attachment.hostInterface);
        return ifindex === undefined ? [] : [{ attachment, ifindex }];
      });
      const own = new Set(cells.programs.known.status().programs.map(program => program.id));
      const indexes = found.map(pod => pod.ifindex);
      const foreign = readForeign(socket, indexes, own);
      cells.localPods.set(
        localPods.refresh(found.map(pod => ({ ...pod, slowPath: foreign.has(pod.ifindex) }))),
      );
      return attached.filter(({ hostInterface }) => !byName.has(hostInterface)).map(goneProblem);
    },
  };
}

function goneProblem({ hostInterface, containerId }: Attachment): string {
  return `the interface ${hostInterface} of container ${containerId} is gone: its runtime should delete it`;
}
