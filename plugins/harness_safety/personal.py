"""Finders of e-mail addresses and of numbers that lead to a person, careful about what merely looks like one.

Each takes a text and yields (start, what was found).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from harness_safety.iban_lengths import IBAN_LENGTHS

_EMAIL = re.compile(r"(?<![\w.+-])[\w.%+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w@])")

_CARD = re.compile(r"(?<![\w.+-])\d(?:[ -]?\d){12,18}(?!\w|[.-]\d)")
_CARD_SCHEMES = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"  # Visa
    r"|(?:5[1-5]|2[2-7])\d{14}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|3(?:0[0-5]|[68]\d)\d{11}"  # Diners
    r"|35\d{14}"  # JCB
    r"|6\d{15,18}"  # Discover, Maestro, UnionPay
)

_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}", re.IGNORECASE)

_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])")
_NUMBERING = re.compile(r"\b(?:versions?|releases?|builds?|firmware|sections?|chapters?|steps?)[ .:]*$", re.IGNORECASE)
# Addresses that every network has, such as a router's 192.168.1.1, lead to nobody.
_SHARED_V4 = tuple(
    IPv4Network(block)
    for block in (
        *("0.0.0.0/8", "10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3"),
    )
)
_SHARED_V6 = (IPv6Network("::/127"), IPv6Network("fe80::/10"), IPv6Network("fc00::/7"), IPv6Network("ff00::/8"))

_NO_DIGIT_GROUP_BEFORE = r"(?<!\d[ -])"  # else the number is the end of a longer one
_PHONES = (
    # international: +44 20 7946 0958, +1 (555) 123-4567, 0049 30 1234567
    re.compile(_NO_DIGIT_GROUP_BEFORE + r"(?<![\w+])(?P<number>(?:\+|00)[1-9](?:[ \xa0.()/-]{0,3}\d){7,14})(?!\d)"),
    # North American: (555) 123-4567, 555-123-4567
    re.compile(
        _NO_DIGIT_GROUP_BEFORE
        + r"(?<![\w.+-])(?P<number>(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4})(?!\w|[.-]\d)"
    ),
    # national with its leading zero: 020 7946 0958, 06 12 34 56 78
    re.compile(_NO_DIGIT_GROUP_BEFORE + r"(?<![\w.+-])(?P<number>\(?0\d{1,4}\)?(?:[ /-]\d{2,8}){1,5})(?!\w|[.-]\d)"),
    # any other grouping, where the words before it say what it is
    re.compile(
        r"\b(?:phone|telephone|tel|mobile|cell|call|fax|whatsapp|sms|text)\b"
        r"(?:[ .:]|number|us|me|him|her|them|is|at|on|no){0,12}"
        r"(?<![\w+])(?P<number>\(?\d(?:[ ().-]{0,2}\d){6,14})(?!\d)",
        re.IGNORECASE,
    ),
)
_PHONE_DIGITS = range(7, 16)
_NATIONAL_ZERO_DIGITS = range(9, 13)
_DATE = re.compile(r"\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}(?!\d)")
_OTHER_NUMBER = re.compile(
    r"\b(?:orders?|invoices?|tickets?|cases?|ref|references?|tracking|serial|sku|isbn|ean|parts?|models?|account|parcel"
    r"|customer|contract|article|item|product|id)\W{0,3}(?:number|no|nr|id|code)?\W{0,4}(?:is\W{0,2})?$",
    re.IGNORECASE,
)
_LABEL_LENGTH = 40


def find_emails(text: str) -> Iterator[tuple[int, str]]:
    """E-mail addresses, international ones too."""
    for match in _EMAIL.finditer(text):
        yield match.start(), match[0]


def find_cards(text: str) -> Iterator[tuple[int, str]]:
    """Payment card numbers: the digits of a known scheme with a right Luhn digit."""
    for match in _CARD.finditer(text):
        digits = _digits(match[0])
        if _CARD_SCHEMES.fullmatch(digits) and _luhn(digits):
            yield match.start(), match[0]


def find_ibans(text: str) -> Iterator[tuple[int, str]]:
    """IBANs of their country's length with a right check number (ISO 13616, mod 97)."""
    for match in _IBAN.finditer(text):
        found = _first_characters(match[0], IBAN_LENGTHS.get(match[0][:2].upper(), 0))
        end = match.start() + len(found)
        cut_inside_word = text[end : end + 1].isalnum()
        if found and not cut_inside_word and _mod_97(found) == 1:
            yield match.start(), found


def find_ips(text: str) -> Iterator[tuple[int, str]]:
    """IPv4 and IPv6 addresses, without shared ones and without what reads like a version (v1.2.3.4, 2.0.1.3)."""
    for match in _IPV4.finditer(text):
        if _is_personal_v4(match[0]) and not _NUMBERING.search(_before(text, match.start())):
            yield match.start(), match[0]
    for match in _IPV6.finditer(text):
        if _is_personal_v6(match[0]):
            yield match.start(), match[0]


def find_phones(text: str) -> Iterator[tuple[int, str]]:
    """Phone numbers written as such; dates and numbers that are called something else are none."""
    for pattern in _PHONES:
        for match in pattern.finditer(text):
            number, start = match["number"], match.start("number")
            zero_alone = number.lstrip("(").startswith("0") and not number.startswith("00")
            plausible = _NATIONAL_ZERO_DIGITS if zero_alone else _PHONE_DIGITS
            if len(_digits(number)) not in plausible or _DATE.match(number):
                continue
            if number.startswith("+") or not _OTHER_NUMBER.search(_before(text, start)):
                yield start, number


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdecimal())


def _before(text: str, start: int) -> str:
    return text[max(0, start - _LABEL_LENGTH) : start]


def _luhn(digits: str) -> bool:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def _first_characters(text: str, length: int) -> str:
    """The start of the text that has `length` characters besides blanks; empty where it is too short."""
    seen = 0
    for index, character in enumerate(text):
        seen += character != " "
        if seen == length:
            return text[: index + 1]
    return ""


def _mod_97(iban: str) -> int:
    bare = iban.replace(" ", "").upper()
    return int("".join(str(int(character, 36)) for character in bare[4:] + bare[:4])) % 97


def _is_personal_v4(text: str) -> bool:
    octets = [int(octet) for octet in text.split(".")]
    if max(octets) > 255 or max(octets) < 10:
        return False
    address = IPv4Address(bytes(octets))
    return not any(address in network for network in _SHARED_V4)


def _is_personal_v6(text: str) -> bool:
    groups = [group for group in text.split(":") if group]
    if len(groups) < 3 or not any(character.isdecimal() for character in text):
        return False
    try:
        address = IPv6Address(text)
    except ValueError:
        return False
    return not any(address in network for network in _SHARED_V6)
