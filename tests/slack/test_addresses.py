"""Where answers may be sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.addresses import answers_at_slack, is_slacks

API = "https://slack.com/api/"
LOCAL = "http://127.0.0.1:8300/api/"


@pytest.mark.parametrize(
    ("url", "api"),
    [
        ("https://hooks.slack.com/actions/T1/1/x", API),
        ("https://hooks.slack.com:443/commands/T1/1/x", API),
        ("https://HOOKS.SLACK.COM/x", LOCAL),
        ("https://slack.com/x", API),
        ("https://hooks.slack-gov.com/commands/x", API),
        ("http://127.0.0.1:8300/response/x", LOCAL),
        ("https://proxy.example/x", "https://proxy.example:443/api/"),
    ],
)
def test_slacks_own_are_taken(url: str, api: str) -> None:
    """Its hosts over https, and the host that the Web API is configured to be at."""
    assert is_slacks(url, api)


@pytest.mark.parametrize(
    "url",
    [
        "", "x", "//hooks.slack.com/x", "http://hooks.slack.com/x", "https://hooks.slack.com:8443/x",
        "https://hooks.slack.com.evil.example/x", "https://evilslack.com/x", "https://evil.example/hooks.slack.com",
        "https://evil.example#hooks.slack.com", "https://evil.example?hooks.slack.com",
        "https://hooks.slack.com@evil.example/x", "https://a:b@hooks.slack.com/x", "https://evil.example\\@hooks.slack.com/x",
        "https://hooks.slack.com\\.evil.example/x", "https://hooks.slack.com\n.evil.example", "https://hooks.slack.com\t/x",
        "ftp://hooks.slack.com/x", "javascript:alert(1)//hooks.slack.com", "file:///etc/passwd", "https://hooks.slack.c\u043em/x",
        "https://hooks\u3002slack.com/x", "https://[::1]/x", "https://[hooks.slack.com/x", "https://hooks.slack.com:x/",
        "http://127.0.0.1:8301/x", "https://127.0.0.1:8300/x", "http://127.0.0.1/x", "http://169.254.169.254/latest/",
        " https://hooks.slack.com/x", "https:hooks.slack.com/x", "https:///hooks.slack.com/x", "https://.slack.com@x/",
    ],
)  # fmt: skip
def test_all_others_are_refused(url: str) -> None:
    """Whatever trick makes them look alike."""
    assert not is_slacks(url, LOCAL)


@given(st.text(max_size=60))
def test_any_text_is_told_from_an_address(text: str) -> None:
    """Nothing raises, and nothing is let in by chance."""
    assert not is_slacks(f"https://{text}.evil.example/", API)
    is_slacks(text, text)


@pytest.mark.parametrize(
    ("body", "taken"),
    [
        ({}, True),
        ({"response_url": "https://hooks.slack.com/x"}, True),
        ({"response_url": "https://evil.example"}, False),
        ({"response_url": 7}, False),
        ({"response_url": ""}, False),
        ({"response_urls": []}, True),
        ({"response_urls": [{"response_url": "https://hooks.slack.com/x"}]}, True),
        (
            {"response_urls": [{"response_url": "https://hooks.slack.com/x"}, {"response_url": "https://x"}]},
            False,
        ),
        ({"response_urls": ["https://evil.example"]}, False),
    ],
)
def test_every_address_of_a_request_counts(body: dict[str, object], taken: bool) -> None:
    """Of a command or button, and of a form."""
    assert answers_at_slack(body, API) is taken
