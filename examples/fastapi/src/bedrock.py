"""Amazon Bedrock's ConverseStream as a model.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
"""

import logging
from collections.abc import Iterator
from contextlib import closing

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from model import ModelFailed

LOGGER = logging.getLogger(__name__)
MAX_TOKENS = 500


class BedrockModel:
    """A model, or an inference profile, by its id. The client is made in the init phase."""

    def __init__(self, model_id: str) -> None:
        self._model_id = model_id
        self._client = boto3.client("bedrock-runtime")

    def tokens(self, message: str) -> Iterator[str]:
        """Yield the reply as it arrives. Raises ModelFailed."""
        try:
            yield from self._converse(message)
        except (ClientError, BotoCoreError) as error:
            # The reason may tell about the account: it is for the log, not for the user.
            LOGGER.error("Bedrock failed: %s", error)
            raise ModelFailed("The model could not answer.") from error

    def _converse(self, message: str) -> Iterator[str]:
        response = self._client.converse_stream(
            modelId=self._model_id,
            messages=[{"role": "user", "content": [{"text": message}]}],
            inferenceConfig={"maxTokens": MAX_TOKENS},
        )
        with closing(response["stream"]) as stream:  # also when the generator is closed early
            for event in stream:
                # Reasoning and tool use have deltas of other kinds.
                if text := event.get("contentBlockDelta", {}).get("delta", {}).get("text"):
                    yield text
