// The value types of the configuration.
import { isAbsolute } from 'node:path';
import * as z from 'zod';

const DNS_NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/; // RFC 1123, as Kubernetes names nodes
const INTERFACE_NAME = /^[^\s/:]{1,15}$/; // dev_valid_name(), IFNAMSIZ 16 with its final NUL
const SOCKET_PATH_BYTES = 107; // sun_path of sockaddr_un, with its final NUL

export const dnsName = z.string().regex(DNS_NAME);
export const interfaceName = z
  .string()
  .regex(INTERFACE_NAME)
  .refine(name => name !== '.' && name !== '..');
/** What errors and the documentation say of both. */
export const PATH = 'an absolute path';
export const absolutePath = z.string().refine(path => isAbsolute(path) && !path.includes('\0'));
export const socketPath = absolutePath.refine(path => Buffer.byteLength(path) <= SOCKET_PATH_BYTES);
export const port = z.int().min(1).max(65_535);
/** RFC 8200 section 5: every link with IPv6 has an MTU of at least 1280. */
export const mtu = z.int().min(1280).max(65_535);
export const mapEntries = z.int().min(16).max(16_777_216);
/** 0: sized by the machine's memory. */
export const conntrackEntries = z.union([z.literal(0), mapEntries]);
export const nftIdentifier = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/);
/** Empty: not set. */
export const optionalPath = z.union([z.literal(''), absolutePath]);
export const etcdEndpoints = z.string().regex(/^https?:\/\/[^\s,/]+:\d+(\s*,\s*https?:\/\/[^\s,/]+:\d+)*$/);
export const keyPrefix = z.string().regex(/^(\/[^\s/]+)+$/);
/** Flannel: pkg/subnet/kube/annotations.go. */
export const annotationPrefix = z.string().regex(/^([a-z0-9_-]+\.)+[a-z0-9_-]+(\/[a-z0-9_-]*)?$/);
export const listenAddress = z.string().regex(/^(\[[0-9a-fA-F:.]+\]|[^\s:[\]]+):([1-9]\d{0,4})$/);
