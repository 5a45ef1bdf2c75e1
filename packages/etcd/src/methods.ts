// The calls of etcd's API that this package makes, with the types of their messages.
import { etcdserverpb as rpc } from './rpc.gen.js';

/** A method as grpc-js wants it. */
export interface Method<Request, Answer> {
  readonly path: string;
  readonly serialize: (request: Request) => Buffer;
  readonly deserialize: (bytes: Buffer) => Answer;
}

interface Encoder<Message> {
  encode(message: Message): { finish(): Uint8Array };
}

interface Decoder<Message> {
  decode(bytes: Uint8Array): Message;
}

export const METHODS = {
  range: method('KV/Range', rpc.RangeRequest, rpc.RangeResponse),
  put: method('KV/Put', rpc.PutRequest, rpc.PutResponse),
  deleteRange: method('KV/DeleteRange', rpc.DeleteRangeRequest, rpc.DeleteRangeResponse),
  txn: method('KV/Txn', rpc.TxnRequest, rpc.TxnResponse),
  watch: method('Watch/Watch', rpc.WatchRequest, rpc.WatchResponse),
  leaseGrant: method('Lease/LeaseGrant', rpc.LeaseGrantRequest, rpc.LeaseGrantResponse),
  leaseKeepAlive: method('Lease/LeaseKeepAlive', rpc.LeaseKeepAliveRequest, rpc.LeaseKeepAliveResponse),
  authenticate: method('Auth/Authenticate', rpc.AuthenticateRequest, rpc.AuthenticateResponse),
  status: method('Maintenance/Status', rpc.StatusRequest, rpc.StatusResponse),
} as const;

function method<Request, Answer>(
  name: string,
  request: Encoder<Request>,
  answer: Decoder<Answer>,
): Method<Request, Answer> {
  return {
    path: `/etcdserverpb.${name}`,
    serialize: message => Buffer.from(request.encode(message).finish()),
    deserialize: bytes => answer.decode(bytes),
  };
}
