// A connection to etcd, as the configuration describes it.
import { readFileSync } from 'node:fs';
import type { Etcd3, IOptions } from 'etcd3';
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
/** A call that is not answered by then has failed: quorum may be lost for hours. */
const CALL_MS = 5_000;

/** Rejects with `INVALID_CONFIG` when a file cannot be read. Nothing is connected before the first call. */
export async function connect(options: EtcdOptions): Promise<Etcd3> {
  const { Etcd3 } = await import('etcd3'); // five megabytes that daemons with another source do without
  const { endpoints, caFile, username, passwordFile } = options;
  const hosts = endpoints.split(',').map(host => host.trim());
  return new Etcd3({
    hosts,
    ...(hosts.some(host => host.startsWith('https:')) && { credentials: credentialsOf(options, caFile) }),
    ...(username !== '' && {
      auth: { username, password: readSetting('passwordFile', passwordFile).toString().trim() },
    }),
    grpcOptions: { 'grpc.max_receive_message_length': -1 }, // etcd bounds what it sends by our page size
    defaultCallOptions: ({ isStream }) => (isStream ? {} : { deadline: Date.now() + CALL_MS }),
  });
}

function credentialsOf(
  { certFile, keyFile }: EtcdOptions,
  caFile: string,
): NonNullable<IOptions['credentials']> {
  return {
    rootCertificate: readSetting('caFile', caFile),
    ...(certFile !== '' && { certChain: readSetting('certFile', certFile) }),
    ...(keyFile !== '' && { privateKey: readSetting('keyFile', keyFile) }),
  };
}

function readSetting(name: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const reason = messageOf(error);
    throw new HeddleError('INVALID_CONFIG', `source.etcd.${name} '${path}' cannot be read: ${reason}`);
  }
}
