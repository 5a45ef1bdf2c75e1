// How much a sync compares.

/** `incremental` writes what changed since the last sync; `full` also reads the kernel and repairs what differs. */
export type SyncMode = 'incremental' | 'full';
