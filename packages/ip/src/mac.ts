// Ethernet hardware addresses.

declare const macBrand: unique symbol;

/** 'aa:bb:cc:dd:ee:ff', lower case: equal addresses are equal strings. */
export type Mac = string & { readonly [macBrand]: true };

const FORM = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

/** Throws a `RangeError` with one sentence when `text` is not one. */
export function parseMac(text: string): Mac {
  const lower = text.toLowerCase();
  if (!FORM.test(lower)) throw new RangeError(`'${text}' is not a MAC address of the form aa:bb:cc:dd:ee:ff`);
  return lower as Mac;
}

/** Six bytes in wire order. */
export function macToBytes(mac: Mac): Uint8Array {
  const bytes = new Uint8Array(6);
  for (let i = 0; i < 6; i++) bytes[i] = parseInt(mac.slice(3 * i, 3 * i + 2), 16);
  return bytes;
}

/** Reads six bytes at `offset`. */
export function macFromBytes(bytes: Uint8Array, offset = 0): Mac {
  const hex = Array.from(bytes.subarray(offset, offset + 6), byte => byte.toString(16).padStart(2, '0'));
  return hex.join(':') as Mac;
}
