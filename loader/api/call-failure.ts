// Maps an error to the status of a gRPC call: code, message, and for CNI two trailers.
import { Metadata, status, type StatusObject } from '@grpc/grpc-js';
import { HeddleError, messageOf } from '../errors.ts';
import { CNI_CODE, CniError } from './cni/error.ts';
import { CNI_STATUS } from './cni/status.ts';
import { GRPC_STATUS, GRPC_STATUS_OF_CNI } from './grpc-status.ts';
import { RequestError } from './request-error.ts';

/** The status object with which grpc-js ends a call. */
export type CallFailure = Pick<StatusObject, 'code' | 'details'> & Partial<Pick<StatusObject, 'metadata'>>;

/** Of a text in a trailer. Percent-encoding triples it, and 8 KiB is below the header limit of all gRPC libraries. */
const MAX_TEXT_BYTES = 2_000;

/** For all services except Cni. */
export function callFailure(error: unknown): CallFailure {
  if (error instanceof RequestError) return { code: status[error.code], details: text(error.message) };
  if (error instanceof HeddleError) return { code: GRPC_STATUS[error.code], details: text(error.message) };
  return { code: status.INTERNAL, details: text(messageOf(error)) };
}

/** For the Cni service: the plugin prints `cni-code`, the message and `cni-details`. */
export function cniFailure(error: unknown): CallFailure {
  const { code, message, details } = cniErrorOf(error);
  const metadata = new Metadata();
  metadata.set('cni-code', String(code));
  if (details !== undefined) metadata.set('cni-details', encodeURIComponent(text(details)));
  return { code: GRPC_STATUS_OF_CNI[code], details: text(message), metadata };
}

/** The error as the plugin prints it. */
export function cniErrorOf(error: unknown): CniError {
  if (error instanceof CniError) return error;
  if (!(error instanceof HeddleError)) return new CniError(CNI_CODE.internal, messageOf(error));
  const mapped: { code: CniError['code']; variable?: string } = CNI_STATUS[error.code];
  const message = mapped.variable === undefined ? error.message : `${mapped.variable}: ${error.message}`;
  return new CniError(mapped.code, message);
}

/** Truncated to fit a header. A lone surrogate cannot be encoded and becomes U+FFFD. */
function text(message: string): string {
  const bytes = Buffer.from(message.slice(0, MAX_TEXT_BYTES));
  return bytes.length <= MAX_TEXT_BYTES
    ? bytes.toString()
    : `${wholeCharacters(bytes.subarray(0, MAX_TEXT_BYTES))}…`;
}

/** `stream: true`: the decoder omits a character that is cut in two at the end. */
function wholeCharacters(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes, { stream: true });
}
