// What proves to etcd who we are, as it is at the moment.
import { credentials, type ChannelCredentials } from '@grpc/grpc-js';
import type { Endpoint } from './endpoint.ts';
import { EtcdError } from './errors.ts';

export interface Credentials {
  /** PEM: of the authority that signs the servers' certificates; absent: the public ones. */
  readonly ca?: Buffer;
  /** PEM: the client's certificate and its key. */
  readonly certificate?: Buffer;
  readonly key?: Buffer;
  /** For etcd's own users. */
  readonly user?: { readonly name: string; readonly password: string };
}

/** Throws `CREDENTIALS` when a file is not PEM, or key and certificate do not belong together. */
export function channelCredentials(
  endpoint: Endpoint,
  { ca, key, certificate }: Credentials,
): ChannelCredentials {
  if (!endpoint.isTls) return credentials.createInsecure();
  try {
    return credentials.createSsl(ca ?? null, key ?? null, certificate ?? null);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EtcdError('CREDENTIALS', `the certificates for etcd cannot be used: ${reason}`, { cause });
  }
}
