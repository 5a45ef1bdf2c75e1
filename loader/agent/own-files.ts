// Every file that the daemon keeps in its directories: what is taken along when they change, and removed by cleanup.
import { join } from 'node:path';
import { lastGoodPath, sourceKinds } from '../config/source-kinds.ts';
import { sysctlRecordFile } from '../network/sysctl-record.ts';
import { policyFolder } from '../sources/applied/policy-store.ts';
import { policyTransactionFile } from '../sources/applied/policy-transaction.ts';
import { deleteSpoolOf } from './kept-deletes.ts';
import { installationFile, type Installation } from './installation.ts';

/** Directories of attachment records, with the former name of cooldown/. */
const RECORD_FOLDERS = ['attachments', 'cooldown', 'resting', 'damaged'];

/** Files and folders in the state directory. */
export function stateFilesOf({ stateDir }: Pick<Installation, 'stateDir'>): readonly string[] {
  return [
    ...RECORD_FOLDERS.map(name => join(stateDir, name)),
    policyFolder(stateDir),
    policyTransactionFile(policyFolder(stateDir)),
    ...sourceKinds.map(kind => lastGoodPath(stateDir, kind)),
    installationFile(stateDir),
  ];
}

/** Files and folders in the run directory, and beside the socket. */
export function runFilesOf({ runDir, socket }: Pick<Installation, 'runDir' | 'socket'>): readonly string[] {
  return [policyFolder(runDir), sysctlRecordFile(runDir), deleteSpoolOf(socket)];
}
