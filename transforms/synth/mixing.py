"""Numbers that look drawn and follow from what they are about."""

_MASK = (1 << 64) - 1


def mixed(*numbers: int) -> int:
    """A 64-bit number that depends on all ``numbers`` and their order (splitmix64)."""
    state = 0
    for number in numbers:
        state = (state ^ number) + 0x9E3779B97F4A7C15 & _MASK
        state = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & _MASK
        state = (state ^ state >> 27) * 0x94D049BB133111EB & _MASK
        state ^= state >> 31
    return state


def fraction(number: int) -> float:
    """A mixed number as one of 0..1."""
    return number / (_MASK + 1)
