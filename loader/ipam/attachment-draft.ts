// Attachments before they are recorded.
import type { Attachment } from '../model/attachment.ts';

/** An attachment before it has addresses and a pod id. */
export type AttachmentDraft = Omit<Attachment, 'addresses' | 'podId' | 'bootId' | 'createdAtMs' | 'phase'>;
