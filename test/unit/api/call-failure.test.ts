// The border to gRPC: status, sentence and trailers, whatever the error was made of.
import { status } from '@grpc/grpc-js';
import fc from 'fast-check';
import t from 'tap';
import { callFailure, cniFailure } from '../../../loader/api/call-failure.ts';
import { CNI_CODE, CniError } from '../../../loader/api/cni/error.ts';
import { CNI_STATUS } from '../../../loader/api/cni/status.ts';
import { GRPC_STATUS, GRPC_STATUS_OF_CNI } from '../../../loader/api/grpc-status.ts';
import { RequestError } from '../../../loader/api/request-error.ts';
import { HeddleError, type HeddleErrorCode } from '../../../loader/errors.ts';

const CODES = Object.keys(GRPC_STATUS) as HeddleErrorCode[];

function trailer(error: unknown, name: string): string | undefined {
  return cniFailure(error).metadata?.get(name)[0]?.toString();
}

t.test('every code of the daemon has a status that is no success', t => {
  for (const code of CODES) {
    const failure = callFailure(new HeddleError(code, 'why'));
    t.strictSame([failure.code, failure.details], [GRPC_STATUS[code], 'why']);
    t.not(failure.code, status.OK);
    t.not(cniFailure(new HeddleError(code, 'why')).code, status.OK);
  }
  t.end();
});

t.test('what may succeed later is UNAVAILABLE or RESOURCE_EXHAUSTED, and code 11', t => {
  for (const code of ['POD_MISSING', 'NOT_READY', 'ADDRESS_EXHAUSTED', 'MAP_FULL'] as const) {
    t.ok(([status.UNAVAILABLE, status.RESOURCE_EXHAUSTED] as status[]).includes(GRPC_STATUS[code]));
    t.equal(CNI_STATUS[code].code, CNI_CODE.tryAgainLater);
  }
  t.end();
});

t.test('errors of the request keep their own status', t => {
  t.match(callFailure(new RequestError('NOT_FOUND', 'x')), { code: status.NOT_FOUND, details: 'x' });
  t.match(callFailure(new RequestError('INVALID_ARGUMENT', 'x')), { code: status.INVALID_ARGUMENT });
  t.end();
});

t.test('what is thrown and is no error is INTERNAL with its words', t => {
  for (const thrown of ['text', 5, undefined, null]) {
    t.match(callFailure(thrown), { code: status.INTERNAL, details: String(thrown) });
    t.equal(trailer(thrown, 'cni-code'), '100');
  }
  t.end();
});

t.test('a CNI error carries its code and its second sentence, percent-encoded', t => {
  for (const code of Object.values(CNI_CODE)) {
    const error = new CniError(code, 'first', 'zweiter „Satz“ 100 %');
    t.equal(cniFailure(error).code, GRPC_STATUS_OF_CNI[code]);
    t.equal(trailer(error, 'cni-code'), String(code));
    t.equal(decodeURIComponent(trailer(error, 'cni-details') ?? ''), 'zweiter „Satz“ 100 %');
  }
  t.equal(trailer(new CniError(CNI_CODE.ioFailure, 'only'), 'cni-details'), undefined);
  t.end();
});

t.test('a variable at fault is named before the sentence', t => {
  t.equal(cniFailure(new HeddleError('NETNS_MISSING', '/x is gone')).details, 'CNI_NETNS: /x is gone');
  t.end();
});

t.test('any text becomes one that a header can carry', t => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 4_000 }), message => {
      const { details } = callFailure(new Error(message));
      encodeURI(details); // throws for a lone surrogate
      const encoded = trailer(new CniError(5, 'x', message), 'cni-details') ?? '';
      return Buffer.byteLength(details) <= 2_003 && /^[ -~]*$/.test(encoded);
    }),
  );
  const halves = Array.from({ length: 3_000 }, (_, i) => String.fromCharCode(0xd800 + (i % 0x800))).join('');
  t.doesNotThrow(() => encodeURI(callFailure(new Error(halves)).details));
  t.end();
});

t.test('a text that is cut is cut between characters, and says so', t => {
  for (let lead = 0; lead < 4; lead++) {
    const { details } = callFailure(new Error(`${'x'.repeat(lead)}${'🦊'.repeat(1_000)}`));
    t.match(details, /^x*(🦊)+…$/u);
  }
  t.end();
});
