/**
 * Attachments on disk: one JSON file each, so that kill -9 between any two instructions leaves whole records.
 *
 * `attachments/allocated-<id>.json` is one whose ADD or DEL is under way, `attachments/<id>.json` the same file while it is
 * in force, and `resting/<releasedAtMs>-<slot>-<id>.json` after its release: one rename each, so that what changes is in
 * the name. A file comes to be under a name that starts with a dot and is renamed into place; the kernel does one rename wholly or not at all, and its page cache outlives the process. Only a
 * power cut can leave a record torn, and no container outlives that: nothing is synced to the disk.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HeddleError } from '../errors.ts';
import { attachmentId, type Attachment, type AttachmentKey } from '../model/attachment.ts';
import { formatAttachment, parseAttachment } from './attachment-record.ts';

export interface RestingAttachment {
  readonly attachment: Attachment;
  readonly releasedAtMs: number;
  readonly file: string;
}

export interface StoredAttachments {
  readonly attachments: readonly Attachment[];
  /** In the order of their release. */
  readonly resting: readonly RestingAttachment[];
  /** One sentence for each file that cannot be read; it is moved aside. */
  readonly problems: readonly string[];
}

interface Listed {
  readonly path: string;
  readonly name: string;
  readonly attachment: Attachment;
}

const ALLOCATED = 'allocated-';
const RESTING_NAME = /^(\d+)-/;

export class AttachmentStore {
  readonly #directory: string;
  #writes = 0;

  /** Makes the directories. Throws `IO` with one sentence when it cannot write there. */
  constructor(directory: string) {
    this.#directory = directory;
    this.#guard(() => {
      for (const name of ['attachments', 'resting', 'damaged'])
        mkdirSync(join(directory, name), { recursive: true, mode: 0o700 });
      const probe = join(directory, '.probe');
      writeFileSync(probe, '');
      rmSync(probe);
    });
  }

  /** Reads everything; removes what an interrupted write has left. */
  read(): StoredAttachments {
    return this.#guard(() => {
      const problems: string[] = [];
      const attachments = this.#list('attachments', problems).map(({ attachment }) => attachment);
      const resting = this.#list('resting', problems).map(({ path, name, attachment }) => ({
        attachment,
        releasedAtMs: Number(RESTING_NAME.exec(name)?.[1] ?? 0),
        file: path,
      }));
      return { attachments, resting: resting.sort((a, b) => a.releasedAtMs - b.releasedAtMs), problems };
    });
  }

  /** On disk when it returns. */
  put(attachment: Attachment): void {
    this.#guard(() => {
      const path = this.#pathOf(attachment);
      const fresh = join(this.#directory, 'attachments', `.${process.pid}-${this.#writes++}`);
      writeFileSync(fresh, formatAttachment(attachment), { mode: 0o600 });
      renameSync(fresh, path);
    });
  }

  /** The stored one, in that phase when it returns. */
  setPhase(stored: Attachment, phase: Attachment['phase']): Attachment {
    return this.#guard(() => {
      const attachment: Attachment = { ...stored, phase };
      renameSync(this.#pathOf(stored), this.#pathOf(attachment));
      return attachment;
    });
  }

  /** Moves the record of a stored attachment to the resting ones. */
  rest(attachment: Attachment, releasedAtMs: number): RestingAttachment {
    return this.#guard(() => {
      // The slot rests, too: it tells two releases of one container in one millisecond apart.
      const name = `${releasedAtMs}-${attachment.podSlot}-${fileName(attachment)}`;
      const file = join(this.#directory, 'resting', name);
      renameSync(this.#pathOf(attachment), file);
      return { attachment, releasedAtMs, file };
    });
  }

  /** Its addresses have rested. */
  forget(resting: RestingAttachment): void {
    this.#guard(() => rmSync(resting.file, { force: true }));
  }

  #pathOf(attachment: Attachment): string {
    const mark = attachment.phase === 'allocated' ? ALLOCATED : '';
    return join(this.#directory, 'attachments', `${mark}${fileName(attachment)}`);
  }

  #list(folder: string, problems: string[]): Listed[] {
    return readdirSync(join(this.#directory, folder)).flatMap(name => {
      const path = join(this.#directory, folder, name);
      if (name.startsWith('.')) {
        rmSync(path); // written, but never renamed: nobody was answered
        return [];
      }
      const record = parseAttachment(readFileSync(path, 'utf8'));
      const phase = name.startsWith(ALLOCATED) ? 'allocated' : 'attached';
      if (typeof record !== 'string') return [{ path, name, attachment: { ...record, phase } }];
      const aside = join(this.#directory, 'damaged', name);
      renameSync(path, aside);
      problems.push(`the record ${path} ${record}: it is kept as ${aside}, and its addresses are free`);
      return [];
    });
  }

  #guard<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const advice = 'make it writable, or set stateDir';
      throw new HeddleError(
        'IO',
        `the state directory ${this.#directory} cannot be used: ${reason}: ${advice}`,
        {
          cause: error,
        },
      );
    }
  }
}

/** Hashed, since a container id may be longer than a file name. */
function fileName(key: AttachmentKey): string {
  return `${createHash('sha256').update(attachmentId(key)).digest('hex').slice(0, 32)}.json`;
}
