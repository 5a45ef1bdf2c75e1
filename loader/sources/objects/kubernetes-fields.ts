// Fields that Kubernetes objects share, checked and turned into the model's values.
import * as z from 'zod';
import { tryParseAddr, type Addr, parseCidr, type Cidr, parseMac, type Mac } from 'ip';
import { messageOf } from '../../errors.ts';
import { specialName } from '../../model/special-addresses.ts';

/** RFC 1123, as Kubernetes names objects. */
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

export const name = z.string().regex(NAME, { error: 'is no lower-case DNS name' });

/** metav1.Time, as milliseconds since the epoch. */
const time = z.string().transform((text, context): number => {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) context.addIssue({ code: 'custom', message: 'is no time' });
  return ms;
});

/** The API server takes an empty text for an absent one. */
export const namespaceName = z
  .preprocess(value => (value === '' ? undefined : value), name.nullish())
  .nullish();

export const metadata = z.object({
  name,
  namespace: namespaceName,
  uid: z.string().nullish(),
  labels: z.record(z.string(), z.string().optional()).transform(present).nullish(),
  annotations: z.record(z.string(), z.string().optional()).transform(present).nullish(),
  creationTimestamp: time.nullish(),
});

/** A deletion that was asked for is one whatever its time is. */
export const podMetadata = metadata.extend({ deletionTimestamp: z.unknown().optional() });

/** The identifying fields of a policy's metadata; the others do not affect what it isolates. */
export const policyMetadata = z.object({ name, namespace: namespaceName });

export const addr = parsed((text): Addr => {
  const value = tryParseAddr(text);
  if (value === undefined) throw new RangeError('is no IP address');
  return value;
});

/** Why another machine cannot have that address, which the kubelet refuses as --node-ip; undefined: it can. */
export function noNodeAddr(value: Addr): string | undefined {
  const special = specialName(value);
  return special && `is no address of a node: it is ${special}`;
}

export const nodeAddr = addr.superRefine((value, context) => {
  const message = noNodeAddr(value);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});
export const nodeAddrs = parsed((text): Addr[] => text.split(',').map(part => nodeAddr.parse(part.trim())));
export const cidr = parsed((text): Cidr => parseCidr(text));
export const mac = parsed((text): Mac => parseMac(text));
export const deviceName = z.string().regex(/^[^\s/:]{1,15}$/, { error: 'is no name of a network device' });

/** A list, in which an entry may have been cut out. */
export function listOf<T>(entry: z.ZodType<T>): z.ZodType<T[] | null | undefined> {
  return z
    .array(entry.nullish())
    .transform(entries => entries.filter(each => each !== null && each !== undefined))
    .nullish();
}

/** Text that a parser of the model understands; what it throws is what is wrong. */
export function parsed<T>(parse: (text: string) => T): z.ZodType<T, string> {
  return z.string().transform((text, context): T => {
    try {
      return parse(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: reasonOf(error) });
      return z.NEVER;
    }
  });
}

/** Without those that have been cut out. */
function present(texts: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(texts);
  if (entries.every(([, text]) => text !== undefined)) return texts as Record<string, string>;
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Parsers name the value themselves, as errors here do: once is enough. */
function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) return 'is no list of addresses of a node, divided by commas';
  const message = messageOf(error);
  return message.replace(/^'[^']*' /, '');
}
