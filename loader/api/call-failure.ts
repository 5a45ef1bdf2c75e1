// The border where an error becomes the end of a gRPC call: status, sentence, and for CNI two trailers.
import { Metadata, status, type StatusObject } from '@grpc/grpc-js';
import { HeddleError, messageOf } from '../errors.ts';
import { CNI_CODE, CniError } from './cni/error.ts';
import { CNI_STATUS } from './cni/status.ts';
import { GRPC_STATUS, GRPC_STATUS_OF_CNI } from './grpc-status.ts';
import { RequestError } from './request-error.ts';

/** What grpc-js ends a call with. */
export type CallFailure = Pick<StatusObject, 'code' | 'details'> & Partial<Pick<StatusObject, 'metadata'>>;

/** Longest text in a trailer, bytes: percent-encoded they are three times as many, and 8 KiB pass everywhere. */
const LONGEST_TEXT = 2_000;

/** For every service but Cni. */
export function callFailure(error: unknown): CallFailure {
  if (error instanceof RequestError) return { code: status[error.code], details: text(error.message) };
  if (error instanceof HeddleError) return { code: GRPC_STATUS[error.code], details: text(error.message) };
  return { code: status.INTERNAL, details: text(messageOf(error)) };
}

/** For the Cni service: the plugin prints `cni-code`, the sentence and `cni-details`, and knows nothing else. */
export function cniFailure(error: unknown): CallFailure {
  const { code, message, details } = cniErrorOf(error);
  const metadata = new Metadata();
  metadata.set('cni-code', String(code));
  if (details !== undefined) metadata.set('cni-details', encodeURIComponent(text(details)));
  return { code: GRPC_STATUS_OF_CNI[code], details: text(message), metadata };
}

/** What the plugin will say. */
export function cniErrorOf(error: unknown): CniError {
  if (error instanceof CniError) return error;
  if (!(error instanceof HeddleError)) return new CniError(CNI_CODE.internal, messageOf(error));
  const wanted: { code: CniError['code']; variable?: string } = CNI_STATUS[error.code];
  const message = wanted.variable === undefined ? error.message : `${wanted.variable}: ${error.message}`;
  return new CniError(wanted.code, message);
}

/** Short enough for a header; a lone surrogate, which no encoding of a header survives, becomes U+FFFD. */
function text(message: string): string {
  const bytes = Buffer.from(message.slice(0, LONGEST_TEXT));
  return bytes.length <= LONGEST_TEXT
    ? bytes.toString()
    : `${wholeCharacters(bytes.subarray(0, LONGEST_TEXT))}…`;
}

/** A decoder that is told of more to come keeps back the character that was cut in two. */
function wholeCharacters(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes, { stream: true });
}
