// The network configuration from the plugin's standard input: parsed once, unknown fields are ignored.
import { type Addr, isIpv4, type Mac, parseMac, tryParseAddr } from 'ip';
import * as z from 'zod';
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

const dns = z.looseObject({}).nullish();

/** Go writes a list that is empty as null. */
function listOf<T extends z.ZodType>(entry: T) {
  return z
    .array(entry)
    .nullish()
    .transform(list => list ?? []);
}

const result = z.looseObject({
  interfaces: listOf(resultInterface),
  ips: listOf(resultIp),
  routes: listOf(z.looseObject({ dst: z.string() })),
  dns,
});

/** An address with or without a prefix length: the form of the `ips` capability. */
const requestedAddress = z.string().transform((text, context): Addr => {
  const address = /^[^/]*(?=(\/\d{1,3})?$)/.exec(text)?.[0] ?? '';
  const parsed = tryParseAddr(address);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: `'${text}' is not an address` });
  return z.NEVER;
});

/** The form of the `mac` capability. Empty: any. The kernel takes no group address for a device. */
const requestedMac = z.string().transform((text, context): Mac | undefined => {
  if (text === '') return undefined;
  const mac = /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(text)
    ? parseMac(text.replaceAll('-', ':'))
    : undefined;
  if (mac !== undefined && isUnicast(mac)) return mac;
  context.addIssue({ code: 'custom', message: `'${text}' is not the MAC of a device` });
  return z.NEVER;
});

function isUnicast(mac: Mac): boolean {
  return (Number.parseInt(mac.slice(0, 2), 16) & 1) === 0 && mac !== '00:00:00:00:00:00';
}

const validAttachments = listOf(z.looseObject({ containerID: z.string(), ifname: z.string() }));

const config = z.looseObject({
  /** The specification's default, a version that is no longer supported. */
  cniVersion: z.string().default('0.1.0'),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'is not a valid network name')
    .max(128),
  type: z.string().min(1),
  dns,
  runtimeConfig: z.looseObject({ ips: listOf(requestedAddress), mac: requestedMac.nullish() }).nullish(),
  prevResult: result.nullish(),
  'cni.dev/valid-attachments': validAttachments.optional(),
  /** The name in drafts of 1.1.0, which libcni writes beside the other. */
  'cni.dev/attachments': validAttachments.optional(),
});

export type CniPrevResult = z.infer<typeof result>;

export interface CniConfig {
  readonly cniVersion: CniVersion;
  readonly name: string;
  /** Copied to the result. */
  readonly dns: object | undefined;
  /** Requested addresses, at most one a family. */
  readonly addresses: readonly Addr[];
  readonly mac: Mac | undefined;
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
  const attachments = data['cni.dev/valid-attachments'] ?? data['cni.dev/attachments'];
  return {
    cniVersion: parseCniVersion(data.cniVersion),
    name: data.name,
    dns: data.dns ?? undefined,
    addresses: oneOfEachFamily(data.runtimeConfig?.ips ?? []),
    mac: data.runtimeConfig?.mac ?? undefined,
    prevResult: data.prevResult ?? undefined,
    validAttachments: attachments?.map(({ containerID, ifname }) => ({
      containerId: containerID,
      ifname,
    })),
  };
}

/**
 * All that DEL reads of the configuration: whatever else is odd or absent in it, the container's resources are released.
 * Throws `CniError`: 6 for text that is not JSON, 1 for a version that is not supported.
 */
export function requireCniVersion(bytes: Uint8Array): void {
  const { data } = z.looseObject({ cniVersion: z.string() }).safeParse(parseJson(bytes));
  if (data !== undefined) parseCniVersion(data.cniVersion);
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
