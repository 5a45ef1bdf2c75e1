// Messages are read to the byte, and what is cut short is left out, never read past.
import t from 'tap';
import {
  attribute,
  Attributes,
  attributesOf,
  nestedAttribute,
  textAttribute,
  u32Attribute,
} from '../src/attribute.ts';
import { encodeMessage, FLAG, MESSAGE, messagesOf, outcomeOf } from '../src/message.ts';

const request = {
  type: MESSAGE.newLink,
  flags: FLAG.create,
  body: [Buffer.alloc(16), textAttribute(3, 'veth0'), u32Attribute(4, 1450)],
  operation: 'create veth',
  subject: 'veth0',
};

t.test('a request carries its length, type, flags and sequence number', t => {
  const bytes = encodeMessage(request, FLAG.ack, 7);
  t.equal(bytes.readUInt32LE(0), 16 + 16 + 12 + 8);
  t.equal(bytes.readUInt16LE(4), MESSAGE.newLink);
  t.equal(bytes.readUInt16LE(6), FLAG.create | FLAG.ack | FLAG.request);
  t.equal(bytes.readUInt32LE(8), 7);
  t.end();
});

t.test('the messages of one datagram are told apart', t => {
  const datagram = Buffer.concat([encodeMessage(request, 0, 1), encodeMessage(request, 0, 2)]);
  t.same(
    [...messagesOf(datagram)].map(message => message.sequence),
    [1, 2],
  );
  t.end();
});

t.test('a datagram cut at any byte gives only whole messages', t => {
  const datagram = Buffer.concat([encodeMessage(request, 0, 1), encodeMessage(request, 0, 2)]);
  for (let length = 0; length < datagram.length; length++) {
    const whole = [...messagesOf(datagram.subarray(0, length))];
    t.equal(whole.length, length < datagram.length / 2 ? 0 : 1, `cut at byte ${length}`);
  }
  t.end();
});

t.test('attributes cut at any byte give only whole attributes', t => {
  const bytes = Buffer.concat([textAttribute(3, 'veth0'), u32Attribute(4, 1450)]);
  for (let length = 0; length < bytes.length; length++) {
    const attributes = new Attributes(bytes.subarray(0, length));
    t.equal(attributes.u32(4), undefined, `cut at byte ${length}`);
    t.ok([undefined, 'veth0'].includes(attributes.text(3)), `cut at byte ${length}`);
  }
  t.end();
});

t.test('an attribute shorter than its own header ends the reading', t => {
  t.same([...attributesOf(Buffer.from([2, 0, 3, 0, 8, 0, 4, 0, 1, 0, 0, 0]))], []);
  t.end();
});

t.test('nested attributes are read in their place', t => {
  const attributes = new Attributes(nestedAttribute(18, [textAttribute(1, 'vxlan')]));
  t.equal(attributes.nested(18).text(1), 'vxlan');
  t.equal(attributes.nested(19).text(1), undefined);
  t.end();
});

const header = encodeMessage({ ...request, body: [] }, 0, 1);

t.test("an error's sentence follows the request's header when the request was cut off", t => {
  const body = Buffer.concat([errno(-22), header, attribute(1, Buffer.from('bad\0'))]);
  const outcome = outcomeOf({
    type: MESSAGE.error,
    flags: FLAG.capped | FLAG.ackAttributes,
    sequence: 1,
    body,
  });
  t.same(outcome, { errno: -22, extendedAck: 'bad' });
  t.end();
});

t.test("an error's sentence follows the whole request when it was repeated", t => {
  const body = Buffer.concat([errno(-22), encodeMessage(request, 0, 1), attribute(1, Buffer.from('bad\0'))]);
  const outcome = outcomeOf({ type: MESSAGE.error, flags: FLAG.ackAttributes, sequence: 1, body });
  t.same(outcome, { errno: -22, extendedAck: 'bad' });
  t.end();
});

t.test('an acknowledgement without a sentence is just that', t => {
  const body = Buffer.concat([errno(0), header]);
  t.same(outcomeOf({ type: MESSAGE.error, flags: FLAG.capped, sequence: 1, body }), {
    errno: 0,
    extendedAck: undefined,
  });
  t.end();
});

function errno(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}
