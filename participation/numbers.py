"""Numbers of reports: they cannot be guessed, and can be read aloud over the telephone."""

import secrets

# Crockford's base 32 (https://www.crockford.com/base32.html): no I, L, O or U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10
# What people write for what they read, Cyrillic look-alikes among them.
READ_AS = str.maketrans("ILOАВЕКМНОРСТХ", "110ABEKMH0PCTX")


def draw_number() -> str:
    """Ten characters, fifty bits: with asking rationed, guessing one takes ages."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_number(text: str) -> str:
    """The number a person typed, in any case, with or without dashes; empty when it is none."""
    read = "".join(text.upper().translate(READ_AS).replace("-", " ").split())
    return read if len(read) == LENGTH and set(read) <= set(ALPHABET) else ""
