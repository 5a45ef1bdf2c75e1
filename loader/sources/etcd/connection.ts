// A client of etcd, as the configuration describes it.
import { readFileSync } from 'node:fs';
import { EtcdClient, isEtcdError, type Credentials } from 'etcd';
import { HeddleError, messageOf } from '../../errors.ts';

export interface EtcdOptions {
  /** One or several `http(s)://host:port`, with commas between them. */
  readonly endpoints: string;
  /** All keys begin with it. */
  readonly prefix: string;
  /** PEM files; empty: none. */
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  /** Empty: etcd asks for none. */
  readonly username: string;
  readonly passwordFile: string;
}

/** Operations in a transaction: etcd's default of --max-txn-ops. */
export const MAX_OPERATIONS = 128;

/** Throws `INVALID_CONFIG` when a file cannot be read. Nothing is connected before the first call; each connection reads the files anew. */
export function connect(options: EtcdOptions): EtcdClient {
  const endpoints = options.endpoints.split(',').map(endpoint => endpoint.trim());
  const isTls = endpoints.some(endpoint => endpoint.startsWith('https:'));
  const credentials = (): Credentials => ({ ...(isTls && certificatesOf(options)), ...userOf(options) });
  credentials();
  return new EtcdClient({ endpoints, credentials });
}

/** Why a call has failed, and what helps where etcd does not say so itself. */
export function reasonOf(error: unknown): string {
  if (!isEtcdError(error, 'NO_SPACE')) return messageOf(error);
  return `${error.message}: compact and defragment etcd, then 'etcdctl alarm disarm'`;
}

function certificatesOf({ caFile, certFile, keyFile }: EtcdOptions): Credentials {
  return {
    ca: readSetting('caFile', caFile),
    ...(certFile !== '' && { certificate: readSetting('certFile', certFile) }),
    ...(keyFile !== '' && { key: readSetting('keyFile', keyFile) }),
  };
}

function userOf({ username, passwordFile }: EtcdOptions): Credentials {
  if (username === '') return {};
  return { user: { name: username, password: readSetting('passwordFile', passwordFile).toString().trim() } };
}

function readSetting(name: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const reason = messageOf(error);
    throw new HeddleError('INVALID_CONFIG', `source.etcd.${name} '${path}' cannot be read: ${reason}`);
  }
}
