/**
 * Attachments on disk, one JSON file each. SIGKILL between any two instructions leaves whole records.
 *
 * `attachments/allocated-<id>.json` while its ADD or DEL is under way, `attachments/<id>.json` while it is attached,
 * `cooldown/<releasedAtMs>-<podId>-<id>.json` after its release. A change of state is one rename(2), so a crash leaves
 * either the old state or the new one. A new file is written under a name with a leading dot, then renamed. Nothing is
 * synced: the page cache survives the process, and after a power cut no container is left that a torn record describes.
 * A file that is gone when it is to be renamed (a wiped directory) is written anew.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { HeddleError, messageOf } from '../errors.ts';
import { attachmentId, type Attachment, type AttachmentKey } from '../model/attachment.ts';
import { formatAttachment, parseAttachment, type AttachmentRecord } from './attachment-record.ts';

export interface ReleasedAttachment {
  readonly attachment: Attachment;
  readonly releasedAtMs: number;
  readonly file: string;
}

export interface StoredAttachments {
  readonly attachments: readonly Attachment[];
  /** In the order of release. */
  readonly cooldown: readonly ReleasedAttachment[];
  /** One sentence for each file that cannot be parsed; the file is moved to `damaged/`. */
  readonly problems: readonly string[];
}

interface Listed {
  readonly path: string;
  readonly name: string;
  readonly attachment: Attachment;
}

const ALLOCATED = 'allocated-';
const COOLDOWN = 'cooldown';
/** The former name of that directory: docs/migration.md, "Renamed before 1.0". */
const FORMER_COOLDOWN = 'resting';
/** A record's size: on a full disk an empty file can still be made. */
const PROBE = Buffer.alloc(4_096);
const RELEASED_NAME = /^(\d+)-/;

export class AttachmentStore {
  readonly #directory: string;
  #writes = 0;

  /** Makes the directories. Throws `IO` when they cannot be written. */
  constructor(directory: string) {
    this.#directory = directory;
    this.assertWritable();
    this.#guard(() => this.#moveFormerCooldown());
  }

  /** Reads all records; removes the temporary files of interrupted writes. */
  read(): StoredAttachments {
    return this.#guard(() => {
      const problems: string[] = [];
      const attachments = this.#list('attachments', problems).map(({ attachment }) => attachment);
      const cooldown = this.#list(COOLDOWN, problems).map(({ path, name, attachment }) => ({
        attachment,
        releasedAtMs: Number(RELEASED_NAME.exec(name)?.[1] ?? 0),
        file: path,
      }));
      return { attachments, cooldown: cooldown.sort((a, b) => a.releasedAtMs - b.releasedAtMs), problems };
    });
  }

  /** The record is on disk when this returns. */
  put(attachment: Attachment): void {
    this.#guard(() => this.#write(attachment, this.#pathOf(attachment)));
  }

  /** Whether its file is there. */
  has(attachment: Attachment): boolean {
    return existsSync(this.#pathOf(attachment));
  }

  /** Throws `IO` unless a record could be written now. */
  assertWritable(): void {
    makeStateFolders(this.#directory);
    this.#guard(() => {
      const probe = join(recordFolder(this.#directory), '.probe');
      try {
        writeFileSync(probe, PROBE);
      } finally {
        rmSync(probe, { force: true });
      }
    });
  }

  /** Renames the record to that phase. */
  setPhase(stored: Attachment, phase: Attachment['phase']): Attachment {
    return this.#guard(() => {
      const attachment: Attachment = { ...stored, phase };
      this.#move(attachment, this.#pathOf(stored), this.#pathOf(attachment));
      return attachment;
    });
  }

  /** Moves the record to `cooldown/`. */
  release(attachment: Attachment, releasedAtMs: number): ReleasedAttachment {
    return this.#guard(() => {
      // The pod id is in cooldown too, so it distinguishes two releases of one container in one millisecond.
      const name = `${releasedAtMs}-${attachment.podId}-${fileName(attachment)}`;
      const file = join(this.#directory, COOLDOWN, name);
      this.#move(attachment, this.#pathOf(attachment), file);
      return { attachment, releasedAtMs, file };
    });
  }

  /** After the cooldown of its addresses. */
  delete(released: ReleasedAttachment): void {
    this.#guard(() => rmSync(released.file, { force: true }));
  }

  /** One rename(2) a record: a crash in between leaves the others for the next start. */
  #moveFormerCooldown(): void {
    const former = join(this.#directory, FORMER_COOLDOWN);
    if (!existsSync(former)) return;
    for (const name of readdirSync(former))
      renameSync(join(former, name), join(this.#directory, COOLDOWN, name));
    rmdirSync(former);
  }

  #move(attachment: Attachment, from: string, to: string): void {
    try {
      renameSync(from, to);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      this.#write(attachment, to);
    }
  }

  #write(attachment: Attachment, path: string): void {
    const fresh = join(recordFolder(this.#directory), `.${process.pid}-${this.#writes++}`);
    const write = (): void => {
      writeFileSync(fresh, formatAttachment(attachment), { mode: 0o600 });
      renameSync(fresh, path);
    };
    try {
      write();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      makeStateFolders(this.#directory);
      write();
    }
  }

  #pathOf(attachment: Attachment): string {
    const mark = attachment.phase === 'allocated' ? ALLOCATED : '';
    return join(recordFolder(this.#directory), `${mark}${fileName(attachment)}`);
  }

  #list(folder: string, problems: string[]): Listed[] {
    return readdirSync(join(this.#directory, folder)).flatMap(name => {
      const path = join(this.#directory, folder, name);
      if (name.startsWith('.')) {
        rmSync(path, { recursive: true }); // never renamed into place, so no ADD was answered with it
        return [];
      }
      const record = readRecord(path);
      const phase = name.startsWith(ALLOCATED) ? 'allocated' : 'attached';
      if (typeof record !== 'string') return [{ path, name, attachment: { ...record, phase } }];
      problems.push(`the record ${path} ${record}: ${this.#setAside(path, name)}`);
      return [];
    });
  }

  #setAside(path: string, name: string): string {
    const aside = join(this.#directory, 'damaged', name);
    rmSync(aside, { recursive: true, force: true });
    renameSync(path, aside);
    return `it was moved to ${aside}; a pod that lives is known by its device`;
  }

  #guard<T>(action: () => T): T {
    return guardStateDir(this.#directory, action);
  }
}

/** The end of a sentence when it is no record: one of another version, or one that cannot be read at all. */
function readRecord(path: string): AttachmentRecord | string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return `cannot be read (${messageOf(error)})`;
  }
  return parseAttachment(text);
}

/** Of records of living attachments: only root can open it. */
export function recordFolder(stateDir: string): string {
  return join(stateDir, 'attachments');
}

/** Throws `IO` when they cannot be made. */
export function makeStateFolders(stateDir: string): void {
  guardStateDir(stateDir, () => {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    for (const folder of [recordFolder(stateDir), join(stateDir, COOLDOWN), join(stateDir, 'damaged')])
      if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 }); // recursive, it answers ENOENT for EROFS
  });
}

/** Throws `IO` in place of the system's error. */
export function guardStateDir<T>(stateDir: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    const reason = messageOf(cause);
    const advice = 'make it writable, or set stateDir';
    throw new HeddleError('IO', `the state directory ${stateDir} cannot be used: ${reason}: ${advice}`, {
      cause,
    });
  }
}

/** Hashed: a container id may be longer than a file name may be. */
function fileName(key: AttachmentKey): string {
  return `${createHash('sha256').update(attachmentId(key)).digest('hex').slice(0, 32)}.json`;
}
