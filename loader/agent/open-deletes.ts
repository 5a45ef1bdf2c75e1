// Connects the spool of deletes with the attachments, the log and the status.
import type { Logger } from 'pino';
import type { KeyedMutex } from '../async/keyed-mutex.ts';
import type { PodAttachments } from '../pods/pod-attachments.ts';
import { DeleteSpool } from './delete-spool.ts';
import { ProblemLog } from './problem-log.ts';

export interface DeletesContext {
  readonly socket: string;
  readonly logger: Logger;
  readonly attachments: PodAttachments;
  readonly mutex: KeyedMutex;
  readonly onChange: () => void;
  /** For the status. */
  readonly onProblems: (problems: readonly string[]) => void;
}

export function openDeletes(context: DeletesContext): DeleteSpool {
  const { socket, logger, attachments, mutex, onChange, onProblems } = context;
  const log = new ProblemLog(logger, { part: 'deletes' });
  return new DeleteSpool({
    ...{ socket, mutex, remove: key => attachments.detach(key).gone },
    onDone: keys => {
      const containers = keys.map(({ containerId }) => containerId);
      logger.info({ containers }, `completed the deletion of ${keys.length} pods that was kept`);
      onChange();
    },
    onProblems: problems => {
      log.note(problems);
      onProblems(problems);
    },
  });
}
