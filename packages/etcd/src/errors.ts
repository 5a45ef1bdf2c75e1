// The package's one error class: a closed set of codes to match on, and the server's own sentence.
import { status, type ServiceError } from '@grpc/grpc-js';

export type EtcdErrorCode =
  /** No endpoint can be reached, or the member cannot serve: no leader, stopping, overloaded. */
  | 'UNAVAILABLE'
  /** No answer in time: the member hangs, or has no quorum and does not know it yet. */
  | 'TIMEOUT'
  /** Certificates, keys or the password cannot be read, or are not what they should be. */
  | 'CREDENTIALS'
  /** The token is lost, expired or outdated, or name and password are wrong. */
  | 'UNAUTHENTICATED'
  | 'PERMISSION_DENIED'
  /** The revision is not kept any more. */
  | 'COMPACTED'
  /** The revision has not been reached: the member is behind, or etcd was restored from a backup. */
  | 'FUTURE_REVISION'
  /** The NOSPACE alarm: only reading and deleting work. */
  | 'NO_SPACE'
  /** Everything else that the server says of a request. */
  | 'REFUSED'
  /** `close` was called. */
  | 'CLOSED';

export class EtcdError extends Error {
  override readonly name = 'EtcdError';
  readonly code: EtcdErrorCode;

  constructor(code: EtcdErrorCode, sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.code = code;
  }
}

export function isEtcdError(error: unknown, ...codes: readonly EtcdErrorCode[]): error is EtcdError {
  return error instanceof EtcdError && codes.includes(error.code);
}

/** The server has refused the request itself: the connection is as good as any other. */
export function isJudgement(error: unknown): boolean {
  return isEtcdError(error, 'PERMISSION_DENIED', 'COMPACTED', 'FUTURE_REVISION', 'NO_SPACE', 'REFUSED');
}

/** etcd tells these apart by their text alone (its rpctypes/error.go). */
const BY_TEXT: readonly (readonly [pattern: RegExp, code: EtcdErrorCode])[] = [
  [/required revision has been compacted/, 'COMPACTED'],
  [/required revision is a future revision/, 'FUTURE_REVISION'],
  [/database space exceeded/, 'NO_SPACE'],
  [/invalid auth token|user name is empty|revision of auth store is old/, 'UNAUTHENTICATED'],
  [/authentication failed, invalid user ID or password/, 'UNAUTHENTICATED'],
  [/permission denied/, 'PERMISSION_DENIED'],
];

/** Statuses with which a server, a proxy or grpc-js says something of the request. */
const BY_STATUS: Readonly<Partial<Record<status, EtcdErrorCode>>> = {
  [status.UNAUTHENTICATED]: 'UNAUTHENTICATED',
  [status.PERMISSION_DENIED]: 'PERMISSION_DENIED',
  [status.INVALID_ARGUMENT]: 'REFUSED',
  [status.NOT_FOUND]: 'REFUSED',
  [status.ALREADY_EXISTS]: 'REFUSED',
  [status.FAILED_PRECONDITION]: 'REFUSED',
  [status.OUT_OF_RANGE]: 'REFUSED',
};

/** The error of a call that grpc-js has ended. */
export function errorOf({ code, details }: ServiceError): EtcdError {
  return new EtcdError(codeOfText(details) ?? BY_STATUS[code] ?? 'UNAVAILABLE', plainReason(details));
}

/** The error for a watch's `cancel_reason`, which is the text of the server's own error. */
export function cancelError(reason: string): EtcdError {
  return new EtcdError(
    codeOfText(reason) ?? 'UNAVAILABLE',
    plainReason(reason) || 'the server ended the watch',
  );
}

function codeOfText(text: string): EtcdErrorCode | undefined {
  return BY_TEXT.find(([pattern]) => pattern.test(text))?.[1];
}

/** Without what differs each time and says nothing: the same failure has the same sentence. */
function plainReason(details: string): string {
  return details
    .replace(/^rpc error: code = \w+ desc = /, '')
    .replace(/^No connection established\. Last error: (?:Error: )?/, '')
    .replace(/\.? ?Resolution note: .*$/s, '')
    .replace(/ \(\d{4}-\d\d-\d\dT[\d:.]+Z\)/g, '')
    .trim();
}
