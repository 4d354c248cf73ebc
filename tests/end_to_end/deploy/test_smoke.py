"""./scripts/smoke as a pipeline's check: whose outputs it reads, what it tries again, how it signs."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.support.runtime_process import ROOT

SMOKE = ROOT / "scripts" / "smoke"
KEYS = Credentials("AKIDEXAMPLE", "secret/with+signs=", "token/with+signs==")
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": KEYS.access_key,
    "AWS_SECRET_ACCESS_KEY": KEYS.secret_key,
    "AWS_SESSION_TOKEN": str(KEYS.token),
}
Answer = Callable[[BaseHTTPRequestHandler], int]


@contextmanager
def server(answer: Answer) -> Iterator[str]:
    """A server that answers each GET with the status that ``answer`` gives, and a line of text."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(answer(self))
            self.send_header("Content-Type", "text/plain")
            self.end_headers()
            self.wfile.write(b"a line\n")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_address[1]}/"
        serving.shutdown()


def smoke(*arguments: str, path: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    base = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    if path is not None:
        base["PATH"] = f"{path}:{base['PATH']}"
    return subprocess.run(
        [SMOKE, *arguments], env={**base, **environment}, capture_output=True, text=True, check=False
    )


def command(directory: Path, name: str, script: str) -> None:
    """Make a command that hides the real one."""
    (directory / name).write_text(f"#!/usr/bin/env bash\n{script}")
    (directory / name).chmod(0o755)


def test_a_fresh_url_is_given_time() -> None:
    statuses = iter([403, 502, *[200] * 10])
    with server(lambda request: next(statuses)) as url:
        done = smoke(url, url)
    assert "ok    counter status          200" in done.stdout
    assert re.search(r"counter responds with 403, as a new URL may: trying again for up to \d", done.stdout)
    assert "image responds" not in done.stdout


@pytest.mark.parametrize("status", [403, 500])
def test_the_time_given_has_a_bound(status: int) -> None:
    with server(lambda request: status) as url:
        done = smoke("--wait", "1", url, url)
    assert done.returncode == 1
    assert f"FAIL  counter status          expected 200, got {status} a line" in done.stdout
    assert ("Then add --iam" in done.stdout) == (status == 403)
    assert "smoke: 2 of the checks failed" in done.stderr


def test_other_responses_are_final() -> None:
    answered: list[str] = []

    def answer(request: BaseHTTPRequestHandler) -> int:
        answered.append(request.path)
        return 404

    with server(answer) as url:
        assert smoke(url, url, url).returncode == 1
    assert answered == ["/"] * 3


def test_iam_requests_are_signed_and_the_keys_are_on_no_command_line(tmp_path: Path) -> None:
    curl = subprocess.run(["which", "curl"], capture_output=True, text=True, check=True).stdout.strip()
    command(tmp_path, "curl", f'printf "%s\\n" "$@" >>{tmp_path}/arguments\nexec {curl} "$@"\n')

    def answer(request: BaseHTTPRequestHandler) -> int:
        """200 if botocore, given the same request and keys, signs it in the same way."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        given = headers.get("authorization", "")
        signed = given.partition("SignedHeaders=")[2].partition(",")[0].split(";")
        expected = AWSRequest(
            "GET",
            f"http://{headers['host']}{request.path}",
            headers={name: headers[name] for name in signed if name},
        )
        expected.context["timestamp"] = headers.get("x-amz-date", "")
        signer = SigV4Auth(KEYS, "lambda", "eu-west-1")
        signature = signer.signature(
            signer.string_to_sign(expected, signer.canonical_request(expected)), expected
        )
        complete = "x-amz-security-token" in signed and headers["x-amz-security-token"] == KEYS.token
        scope = (
            f"Credential={KEYS.access_key}/{headers.get('x-amz-date', '')[:8]}/eu-west-1/lambda/aws4_request"
        )
        return 200 if complete and scope in given and given.endswith(f"Signature={signature}") else 403

    with server(answer) as url:
        done = smoke("--iam", "--wait", "0", "--region", "eu-west-1", url, url, path=tmp_path, **ENVIRONMENT)
        assert "ok    counter status          200" in done.stdout, done.stdout
        assert "ok    image status            200" in done.stdout
        assert "FAIL  counter status" in smoke("--wait", "0", url, url).stdout
    arguments = (tmp_path / "arguments").read_text()
    assert url in arguments
    for secret in ENVIRONMENT.values():
        assert secret not in arguments + done.stdout + done.stderr


def test_the_region_signed_for_is_that_of_the_url(tmp_path: Path) -> None:
    command(tmp_path, "curl", f"cat >>{tmp_path}/configuration\necho '404||0.0|0.0'\n")
    url = "https://abc.lambda-url.ap-southeast-2.on.aws/"
    smoke("--iam", "--region", "us-east-1", url, url, path=tmp_path, **ENVIRONMENT)
    configuration = (tmp_path / "configuration").read_text()
    assert configuration.count('aws-sigv4 = "aws:amz:ap-southeast-2:lambda"') == 2
    assert 'user = "AKIDEXAMPLE:secret/with+signs="' in configuration


def test_iam_without_keys() -> None:
    done = smoke("--iam", "http://127.0.0.1:9", "http://127.0.0.1:9")
    assert done.returncode == 2
    assert "export-credentials" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "environment", "stack", "region"),
    [
        ((), {}, "lambda-streaming-python", "us-east-1"),
        # What sam deploys to, too: the environment does not count against samconfig.toml.
        ((), {"AWS_REGION": "eu-west-1"}, "lambda-streaming-python", "us-east-1"),
        (("--stack-name", "mine", "--region", "sa-east-1"), {"AWS_REGION": "x"}, "mine", "sa-east-1"),
    ],
)
def test_the_outputs_of_a_stack_by_aws(
    tmp_path: Path, arguments: tuple[str, ...], environment: dict[str, str], stack: str, region: str
) -> None:
    with server(lambda request: 200) as url:
        outputs = "".join(rf"{name}FunctionUrl\t{url}{name}\n" for name in ("Counter", "Image", "Export"))
        command(tmp_path, "aws", f'echo "$@" >{tmp_path}/arguments\nprintf "{outputs}"\n')
        done = smoke(*arguments, path=tmp_path, **environment)
    assert f"--stack-name {stack} --region {region} " in (tmp_path / "arguments").read_text()
    assert f"counter {url}Counter/\nok    counter status          200" in done.stdout
    assert f"export  {url}Export/\nok    export status           200" in done.stdout


def test_a_stack_without_the_outputs(tmp_path: Path) -> None:
    command(tmp_path, "aws", r'printf "CounterFunctionUrl\thttp://127.0.0.1:9/\n"')
    done = smoke(path=tmp_path)
    assert done.returncode == 2
    assert "lacks an output" in done.stderr


def test_no_stack_and_no_aws(tmp_path: Path) -> None:
    command(tmp_path, "aws", "echo Unable to locate credentials >&2; exit 253")
    nowhere = {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
    }
    done = smoke(path=tmp_path, AWS_MAX_ATTEMPTS="1", **nowhere)
    assert done.returncode == 2
    assert "cannot read the outputs of the stack lambda-streaming-python in us-east-1" in done.stderr
    assert "aws: Unable to locate credentials" in done.stderr
