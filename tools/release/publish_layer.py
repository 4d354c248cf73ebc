"""Publish the layer of dist/ in AWS regions, and print each ARN. ./scripts/publish-layer runs it.

A region whose newest version has the same content keeps that version.
https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from lambda_streaming import __version__
from tools import ROOT
from tools.compile_layer import Project

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

NAME = "lambda-streaming"
_DESCRIPTION = f"lambda_streaming {__version__}: response streaming for Lambda's managed Python runtimes"


def publish(client: LambdaClient, name: str, archive: bytes, *, public: bool) -> str:
    """Return the ARN of the version that has ``archive`` as its content: the newest one, or a new one."""
    digest = base64.b64encode(hashlib.sha256(archive).digest()).decode()
    versions = client.list_layer_versions(LayerName=name, MaxItems=1)["LayerVersions"]
    if versions:
        newest = client.get_layer_version(LayerName=name, VersionNumber=versions[0]["Version"])
        if newest["Content"].get("CodeSha256") == digest:
            return newest["LayerVersionArn"]
    made = client.publish_layer_version(
        LayerName=name,
        Description=_DESCRIPTION,
        Content={"ZipFile": archive},
        CompatibleRuntimes=[f"python{version}" for version in Project(ROOT).declared],  # type: ignore[misc]
        CompatibleArchitectures=["x86_64", "arm64"],
        LicenseInfo="Apache-2.0",
    )
    if public:
        client.add_layer_version_permission(
            LayerName=name,
            VersionNumber=made["Version"],
            StatementId="public",
            Action="lambda:GetLayerVersion",
            Principal="*",
        )
    return made["LayerVersionArn"]


def main() -> int:
    """Publish in each region; the exit status is 1 if one of them failed."""
    parser = argparse.ArgumentParser(prog="./scripts/publish-layer", description=__doc__.partition("\n")[0])
    parser.add_argument("--region", action="append", metavar="REGION", help="may be given more than once")
    parser.add_argument("--name", default=NAME, help="the layer's name (default: %(default)s)")
    parser.add_argument("--public", action="store_true", help="let every AWS account use the new version")
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", metavar="FOLDER", help="instead of dist/")
    arguments = parser.parse_args()
    file = arguments.dist / f"lambda-streaming-layer-{__version__}.zip"
    if not file.is_file():
        print(f"publish-layer: there is no {file}: run ./scripts/release", file=sys.stderr)
        return 2
    status = 0
    for region in arguments.region or [None]:
        try:
            client = boto3.client("lambda", region_name=region)
            print(publish(client, arguments.name, file.read_bytes(), public=arguments.public), flush=True)
        except (BotoCoreError, ClientError) as error:
            print(f"publish-layer: {region or 'the default region'}: {error}", file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
