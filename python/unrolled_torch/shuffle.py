"""Random orders that are the same in JavaScript and in Python."""


def mix(x):
    """Scrambles 32 bits: the finaliser of splitmix32."""
    x = (x ^ (x >> 16)) * 0x21F0AAAD & 0xFFFFFFFF
    x = (x ^ (x >> 15)) * 0x735A2D97 & 0xFFFFFFFF
    return x ^ (x >> 15)


def random_numbers(*keys):
    """Yields numbers in [0, 1) of 32 bits. They depend only on the keys, such as a seed and an epoch."""
    state = 0
    for key in keys:
        state = mix(mix(state ^ (key & 0xFFFFFFFF)) ^ (key >> 32 & 0xFFFFFFFF))
    while True:
        state = (state + 0x9E3779B9) & 0xFFFFFFFF
        yield mix(state) / 2**32


def shuffled(count, *keys):
    """Returns the numbers 0 to count - 1 in a random order."""
    order, random = list(range(count)), random_numbers(*keys)
    for i in range(count - 1, 0, -1):
        j = int(next(random) * (i + 1))
        order[i], order[j] = order[j], order[i]
    return order
