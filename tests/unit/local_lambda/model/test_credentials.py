"""Keys, and whose they are."""

from __future__ import annotations

import pytest

from local_lambda.model.credentials import DEFAULT_CREDENTIALS, KnownCredentials, pair, profiles
from local_lambda.model.function import ConfigurationError

KNOWN = [KnownCredentials(access_key="AKIAOTHER", secret_key="other"), DEFAULT_CREDENTIALS]


def test_pairs_and_files() -> None:
    assert pair("a:b") == KnownCredentials(access_key="a", secret_key="b")
    assert pair("a:b:c:d") == KnownCredentials(access_key="a", secret_key="b", token="c:d")
    file = (
        "[default]\naws_access_key_id = one\naws_secret_access_key = 50%\n"
        "[other]\naws_access_key_id=two\naws_secret_access_key=s\naws_session_token=t\n[empty]\nregion=x\n"
    )
    assert list(profiles(file)) == [
        KnownCredentials(access_key="one", secret_key="50%", token=None, user="default"),
        KnownCredentials(access_key="two", secret_key="s", token="t", user="other"),
    ]


@pytest.mark.parametrize("text", ["", "a", "a:", ":b"])
def test_no_pair(text: str) -> None:
    with pytest.raises(ConfigurationError, match="of the form ACCESS:SECRET"):
        pair(text)


@pytest.mark.parametrize("text", ["", "[a]\nregion = x", "secret", "[a]\n[a]"])
def test_no_file_of_credentials(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        profiles(text)
    assert "secret" not in str(caught.value).replace("its secret", "")


def test_who_a_caller_is() -> None:
    identity = DEFAULT_CREDENTIALS.identity
    assert identity["accessKey"] == DEFAULT_CREDENTIALS.access_key
    assert identity["accountId"] == "123456789012"
    assert identity["userArn"] == "arn:aws:iam::123456789012:user/local"
    assert (identity["cognitoIdentity"], identity["principalOrgId"]) == (None, None)
    assert identity["userId"] == identity["callerId"] != KNOWN[0].identity["callerId"]
