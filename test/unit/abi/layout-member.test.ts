// Offsets of members come from the generated layout, and agree with the codec made of it.
import { parseAddr } from 'ip';
import t from 'tap';
import { flowLayout, type Flow } from '../../../loader/abi/abi.gen.ts';
import { mapCodecs } from '../../../loader/abi/codecs.ts';
import { memberBytes } from '../../../loader/abi/layout-member.ts';

t.test('the ends of a flow are where its codec writes them', t => {
  const flow = {
    ...{ vni: 7, protocol: 6, sourcePort: 1, destinationPort: 2 },
    ...{ source: parseAddr('fd00::1'), destination: parseAddr('fd00::2') },
  };
  const { key } = mapCodecs('hd_ct');
  const bytes = new Uint8Array(key.size);
  key.encode(flow, bytes, 0);
  for (const [name, last] of [
    ['source', 1],
    ['destination', 2],
  ] as const) {
    const { start, end } = memberBytes(flowLayout, name satisfies keyof Flow);
    t.strictSame([...bytes.subarray(start, end)], [0xfd, ...Array<number>(14).fill(0), last]);
  }
  t.throws(() => memberBytes(flowLayout, 'nothing'), new RangeError('struct flow has no member nothing'));
  t.end();
});
