"""Numbers of reports: they cannot be guessed, and can be read aloud over the telephone."""

import secrets

from django.utils.crypto import salted_hmac

# Crockford's base 32 (https://www.crockford.com/base32.html): no I, L, O or U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10
# What people write for what they read, Cyrillic look-alikes among them.
READ_AS = str.maketrans("ILOАВЕКМНОРСТХ", "110ABEKMH0PCTX")


def draw_number() -> str:
    """Ten characters, fifty bits: with asking rationed, guessing one takes ages."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def draw_form_key() -> str:
    """What a form is known by when it is sent twice."""
    return secrets.token_urlsafe(16)


def number_of_form(form_key: str) -> str:
    """The number of what a form sends; it cannot be told by whoever knows the form's key alone."""
    digest = salted_hmac("participation.numbers", form_key, algorithm="sha256").digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:LENGTH])


def read_number(text: str) -> str:
    """The number a person typed, in any case, with or without dashes; empty when it is none."""
    read = "".join(text.upper().translate(READ_AS).replace("-", " ").split())
    return read if len(read) == LENGTH and set(read) <= set(ALPHABET) else ""
