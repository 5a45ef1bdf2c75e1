// The network configuration from the plugin's standard input: parsed once, unknown fields are ignored.
import { type Addr, isIpv4, tryParseAddr } from 'ip';
import { z } from 'zod';
import type { AttachmentKey } from '../../model/attachment.ts';
import { messageOf } from '../../errors.ts';
import type {} from './attacher.ts';
import { CNI_CODE, CniError } from './error.ts';
import { type CniVersion, parseCniVersion } from './version.ts';

/** The fields that are read of an interface of a CNI result. */
const resultInterface = z.looseObject({
  name: z.string(),
  mac: z.string().optional(),
  sandbox: z.string().optional(),
});

const resultIp = z.looseObject({
  address: z.string(),
  /** Index into `interfaces`. */
  interface: z.int().nonnegative().optional(),
});

const result = z.looseObject({
  interfaces: z.array(resultInterface).default([]),
  ips: z.array(resultIp).default([]),
  routes: z.array(z.looseObject({ dst: z.string() })).default([]),
  dns: z.looseObject({}).optional(),
});

/** An address with or without a prefix length: the form of the `ips` capability. */
const requestedAddress = z.string().transform((text, context): Addr => {
  const address = /^[^/]*(?=(\/\d{1,3})?$)/.exec(text)?.[0] ?? '';
  const parsed = tryParseAddr(address);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: `'${text}' is not an address` });
  return z.NEVER;
});

const config = z.looseObject({
  /** The specification's default, a version that is no longer supported. */
  cniVersion: z.string().default('0.1.0'),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'is not a valid network name')
    .max(128),
  type: z.string().min(1),
  dns: z.looseObject({}).optional(),
  runtimeConfig: z.looseObject({ ips: z.array(requestedAddress).default([]) }).optional(),
  prevResult: result.optional(),
  'cni.dev/valid-attachments': z
    .array(z.looseObject({ containerID: z.string(), ifname: z.string() }))
    .optional(),
});

export type CniPrevResult = z.infer<typeof result>;

export interface CniConfig {
  readonly cniVersion: CniVersion;
  readonly name: string;
  /** Copied to the result. */
  readonly dns: object | undefined;
  /** Requested addresses, at most one a family. */
  readonly addresses: readonly Addr[];
  readonly prevResult: CniPrevResult | undefined;
  /** Undefined when the configuration has no list: then GC must not treat any attachment as stale. */
  readonly validAttachments: readonly AttachmentKey[] | undefined;
}

/** Throws `CniError`: 6 for text that is not JSON, 1 for an unsupported version, 7 for an invalid field. */
export function parseCniConfig(bytes: Uint8Array): CniConfig {
  const json = parseJson(bytes);
  parseCniVersion(versionOf(json));
  const parsed = config.safeParse(json);
  if (!parsed.success) throw new CniError(CNI_CODE.invalidConfig, sentence(parsed.error));
  const { data } = parsed;
  return {
    cniVersion: parseCniVersion(data.cniVersion),
    name: data.name,
    dns: data.dns,
    addresses: oneOfEachFamily(data.runtimeConfig?.ips ?? []),
    prevResult: data.prevResult,
    validAttachments: data['cni.dev/valid-attachments']?.map(({ containerID, ifname }) => ({
      containerId: containerID,
      ifname,
    })),
  };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    const reason = messageOf(error);
    throw new CniError(CNI_CODE.decodingFailure, `the network configuration is not JSON: ${reason}`);
  }
}

/** Read first: a configuration of another version may have another schema. */
function versionOf(json: unknown): string {
  const form = z.looseObject({ cniVersion: config.shape.cniVersion }).safeParse(json);
  if (form.success) return form.data.cniVersion;
  throw new CniError(CNI_CODE.decodingFailure, sentence(form.error));
}

/** The first issue with its path; the others usually follow from it. */
function sentence(error: z.ZodError): string {
  const [issue] = error.issues;
  const place = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  return `network configuration: ${place}${issue?.message ?? 'is not valid'}`;
}

function oneOfEachFamily(addresses: readonly Addr[]): readonly Addr[] {
  const ipv4 = addresses.filter(isIpv4);
  if (ipv4.length <= 1 && addresses.length - ipv4.length <= 1) return addresses;
  throw new CniError(
    CNI_CODE.invalidConfig,
    `network configuration: runtimeConfig.ips: ${addresses.join(', ')} are more than one of a family`,
  );
}
