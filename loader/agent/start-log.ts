// What a start has found and put right, in the log.
import type { Logger } from 'pino';
import type { Attachment } from '../model/attachment.ts';
import type { PolicyKey } from '../model/policies.ts';

export function logRestored(logger: Logger, policies: readonly PolicyKey[]): void {
  for (const policy of policies)
    logger.warn({ policy }, `the file of ${policy} was lost: it was restored from its copy`);
}

export function logInterrupted(logger: Logger, attachments: readonly Attachment[]): void {
  for (const { containerId: container } of attachments)
    logger.warn({ container }, 'undid an interrupted ADD, or completed an interrupted DEL');
}
