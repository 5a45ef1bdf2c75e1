// What programs read: JSON and YAML with every digit of a counter.
import { randomUUID } from 'node:crypto';
import { Document, visit } from 'yaml';
import { isPrintable, printableJson, printableYaml } from '../../../loader/config/printable.ts';

export type DataFormat = 'json' | 'pretty' | 'yaml';

/** No text that is printed begins with it. */
const MARK = randomUUID();
const MARKED = new RegExp(`"${MARK}(-?\\d+)"`, 'g');

/**
 * JSON's numbers have no limit (RFC 8259, section 6), only JavaScript's own have: the bytes of a port of 100 Gbit/s are more
 * than 2^53 after nine days. Bytes are hex digits.
 */
export function dataText(format: DataFormat, value: unknown): string {
  const marked = JSON.stringify(value ?? null, jsonValue, format === 'pretty' ? 2 : undefined);
  if (format === 'yaml') return `---\n${yamlText(JSON.parse(marked, unmarked))}`;
  return printableJson(marked.replaceAll(MARKED, '$1'));
}

/** What must be escaped can be so in double quotes alone. */
function yamlText(value: unknown): string {
  const document = new Document(value);
  visit(document, {
    Scalar: (_key, scalar) => {
      if (typeof scalar.value === 'string' && !isPrintable(scalar.value)) scalar.type = 'QUOTE_DOUBLE';
    },
  });
  return printableYaml(String(document).trimEnd());
}

function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${MARK}${value}`;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return value;
}

function unmarked(_key: string, value: unknown): unknown {
  return typeof value === 'string' && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value;
}
