"""The random numbers of unrolled's kernels: Philox 4x32 with 10 rounds."""

import torch

LOW = 0xFFFFFFFF


def product(factor, x):
    """The high and the low 32 bits of a product of numbers of 32 bits."""
    low, high = factor * (x & 0xFFFF), factor * (x >> 16)
    return high + (low >> 16) >> 16, factor * x & LOW


def uniform(seed, block, count):
    """Returns `count` numbers in [0, 1), each a multiple of 2^-24. A block of the stream of `seed` has four of them."""
    blocks = torch.arange(block, block - (-count // 4))
    a, b = blocks & LOW, blocks >> 32
    c = d = torch.zeros_like(blocks)
    key, other = seed & LOW, seed >> 32
    for _ in range(10):
        (high, low), (high_c, low_c) = product(0xD2511F53, a), product(0xCD9E8D57, c)
        a, b, c, d = high_c ^ b ^ key, low_c, high ^ d ^ other, low
        key, other = key + 0x9E3779B9 & LOW, other + 0xBB67AE85 & LOW
    return (torch.stack([a, b, c, d], 1).flatten()[:count] >> 8).double() / 2**24
