// Fields that Kubernetes objects share, checked and turned into the model's values.
import { z } from 'zod';
import { tryParseAddr, type Addr } from '../model/addr.ts';
import { parseCidr, type Cidr } from '../model/cidr.ts';
import { parseMac, type Mac } from '../model/mac.ts';

/** RFC 1123, as Kubernetes names objects. */
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

export const name = z.string().regex(NAME, { error: 'is no lower-case DNS name' });

export const metadata = z.object({
  name,
  namespace: name.nullish(),
  uid: z.string().nullish(),
  labels: z.record(z.string(), z.string()).nullish(),
  annotations: z.record(z.string(), z.string()).nullish(),
});

export const addr = parsed((text): Addr => {
  const value = tryParseAddr(text);
  if (value === undefined) throw new RangeError('is no IP address');
  return value;
});
export const addrs = parsed((text): Addr[] => text.split(',').map(part => addr.parse(part.trim())));
export const cidr = parsed((text): Cidr => parseCidr(text));
export const mac = parsed((text): Mac => parseMac(text));
export const deviceName = z.string().regex(/^[^\s/:]{1,15}$/, { error: 'is no name of a network device' });

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

/** Parsers name the value themselves, as errors here do: once is enough. */
function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) return 'is no list of IP addresses, divided by commas';
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^'[^']*' /, '');
}
