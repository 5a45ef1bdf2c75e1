// Former names of verdicts: aliases in JSON output, for one release.
import type { VerdictName } from '../../../loader/abi/hook-name.ts';

interface Formerly {
  readonly formerly: readonly string[];
}

const FORMER_VERDICTS: Readonly<Record<string, Formerly | undefined>> = {
  REDIRECT_POD: { formerly: ['DELIVER_POD'] },
  REDIRECT_HOST: { formerly: ['DELIVER_HOST'] },
  REDIRECT_OVERLAY: { formerly: ['DELIVER_OVERLAY'] },
  REDIRECT_KERNEL: { formerly: ['DELIVER_KERNEL'] },
  REDIRECT_DIRECT: { formerly: ['DELIVER_DIRECT'] },
  PASS_UNMANAGED: { formerly: ['PASS_FOREIGN'] },
  PASS_VALIDATED_EARLIER: { formerly: ['PASS_CHECKED'] },
  PASS_VALIDATED_TUNNEL: { formerly: ['PASS_ADMITTED'] },
} satisfies Partial<Record<VerdictName, Formerly>>;

/** The row with `formerly`, if its verdict has another name since 0.1. */
export function withFormerVerdict<T extends { readonly verdict?: string }>(row: T): T & Partial<Formerly> {
  return { ...row, ...(row.verdict !== undefined && FORMER_VERDICTS[row.verdict]) };
}
