from typing import Any

import pytest

from harness.testing import make_passage
from harness.types import Finding, Message
from harness_safety.pii import Pii

# Test credentials are put together here, so that no scanner takes this file for a leak.
AWS_KEY = "AKIA" + "IOSFODNN7EXAMPLE"
TOKEN = "ey" + "JhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmN"


def findings(text: str, prompt: str = "", **options: Any) -> tuple[Finding, ...]:
    (checked,) = Pii(**options).check([make_passage(text, prompt=(Message("user", prompt),))])
    return checked.findings


def kinds(text: str) -> list[str]:
    return [finding.category for finding in findings(text)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Write to ann.lee+tents@mail.example.co.uk.", "email"),
        ("<jürgen@müller.example>", "email"),
        ("Call +44 20 7946 0958 today", "phone"),
        ("or +1 (555) 123-4567.", "phone"),
        ("Tel. 0049 30 1234567", "phone"),
        ("(555) 123-4567", "phone"),
        ("555-123-4567, ask for Sam", "phone"),
        ("020 7946 0958", "phone"),
        ("06 12 34 56 78", "phone"),
        ("her phone number is 5551234", "phone"),
        ("card 4111 1111 1111 1111", "card"),
        ("378282246310005", "card"),
        ("5555-5555-5555-4444.", "card"),
        ("pay DE89 3704 0044 0532 0130 00 now", "iban"),
        ("GB82WEST12345698765432", "iban"),
        ("from 203.0.113.42 at noon", "ip"),
        ("host 2001:db8:85a3::8a2e:370:7334", "ip"),
        (f"key {AWS_KEY}", "secret"),
        ("-----BEGIN RSA " + "PRIVATE KEY-----\nMIIE", "secret"),
        (f"Authorization: Bearer {TOKEN}", "secret"),
        (TOKEN, "secret"),
        ("api_key = 'a81bc81bdead4e5d'", "secret"),
        ("The password is hunter2hunter2.", "secret"),
    ],
)
def test_one_of_each_is_found(text: str, kind: str) -> None:
    assert kinds(text) == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "Ordered on 2024-05-06, delivered 06.05.2024 at 12:30:45, call by 05/06/2024 12:30.",
        "Order number 400-555-1234, ticket 020 7946 0958, ISBN 978-3-16-148410-0",
        "Order 123-4567890-1234567 and tracking 00340434161094042557",
        "Your code is 123456, valid for 30 minutes; text STOP to 40404.",
        "Update to version 10.15.7.1, v2.14.10.3, or firmware 12.0.1.44; see step 1.2.3.4",
        "Open 192.168.1.1 or 127.0.0.1 with netmask 255.255.255.0",
        "4111 1111 1111 1112 has a wrong check digit, 1234 5678 9012 3452 no scheme",
        "DE89 3704 0044 0532 0130 01 is a wrong IBAN; so is XX89370400440532013000",
        "std::vector and dead::beef at 12:30:45, MAC 00:1A:2B:3C:4D:5E",
        "Set api_key = YOUR_API_KEY_1 or password: ${DB_PASSWORD_1} or token=<token-12345678>",
        "Your password is important, and the secret is patience.",
        "Follow @trailtents or mail us @ the shop. Call 112 or 911.",
        "It weighs 1 200 000 g, costs 1,299.00, measures 3.14159265358979.",
        "550e8400-e29b-41d4-a716-446655440000",
    ],
)
def test_what_merely_looks_like_one_is_not_found(text: str) -> None:
    assert findings(text) == ()


def test_evidence_is_masked_and_has_a_severity() -> None:
    found = findings(f"ann@example.com, 4111 1111 1111 1111, {AWS_KEY}, 203.0.113.42")
    assert found == (
        Finding("email", "medium", "an…om"),
        Finding("card", "high", "41…11"),
        Finding("secret", "high", "AWS access key AK…LE"),
        Finding("ip", "low", "20…42"),
    )


def test_only_the_kinds_asked_for_are_reported_and_a_card_stays_a_card() -> None:
    text = "ann@example.com, card 4111 1111 1111 1111"
    assert [one.category for one in findings(text, kinds=["email"])] == ["email"]
    assert findings("phone or card: 4111 1111 1111 1111", kinds=["phone"]) == ()


def test_a_value_is_reported_once() -> None:
    assert kinds("ann@example.com or ann@example.com or bob@example.com") == ["email", "email"]


def test_what_the_prompt_holds_is_counted_unless_echo_is_ignored() -> None:
    prompt = "I am Ann@Example.com, card 4111111111111111."
    reply = "Thanks, ann@example.com with 4111 1111 1111 1111, and bob@example.com."
    assert len(findings(reply, prompt)) == 3
    assert [one.evidence for one in findings(reply, prompt, echo="ignore")] == ["bo…om"]


def test_no_kinds_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="kinds is empty: name at least one of secret, iban"):
        Pii(kinds=[])
