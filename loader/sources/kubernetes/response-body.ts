// The body of an answer, compressed or not: as one text, or as lines for as long as they come.
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ApiFailure, failureOf } from './api-failure.ts';

/** An object of the API has at most 1.5 MB in etcd; a watch event is one line. */
const LINE_CHARACTERS = 16 * 1024 * 1024;

/** Rejects with `ApiFailure`. */
export async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of decoded(response) as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch (error) {
    throw failureOf(error);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A caller that stops reading ends the connection. */
export async function* linesOf(response: IncomingMessage): AsyncGenerator<string, void> {
  const body = decoded(response);
  body.setEncoding('utf8');
  let rest = '';
  try {
    for await (const chunk of body as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LINE_CHARACTERS) throw new ApiFailure('a line of the watch has no end');
      for (const line of lines) if (line !== '') yield line;
    }
  } catch (error) {
    const { message, cause } = failureOf(error);
    throw new ApiFailure(message, { isInterruption: true, cause });
  }
  if (rest !== '') throw new ApiFailure('the watch broke off within a line', { isInterruption: true });
}

/** Errors of the connection are the decoded stream's too, and the end of either is the other's. */
function decoded(response: IncomingMessage): NodeJS.ReadableStream {
  if (response.headers['content-encoding'] !== 'gzip') return response;
  return pipeline(response, createGunzip(), () => undefined); // the reader of the result has the error
}
