// The scratch area of the kernels. It lies right after the static data, and the host's memory starts after it. What a kernel
// stores there lasts until it returns.

/** Bytes of the scratch area that every kernel may use, at least. */
// @ts-ignore: decorator
@inline
export const SCRATCH: usize = 132 << 10;

/** Returns the address of the scratch area, a multiple of 64. */
// @ts-ignore: decorator
@inline
export function scratch(): usize {
  return (__heap_base + 63) & ~63;
}
