"""The openai package: a streamed chat completion, when each piece came; then a whole one, and the models.

python openai_chat.py BASE_URL KEY MESSAGE
"""

import json
import sys
import time
from typing import Any

from openai import APIError, AuthenticationError, OpenAI


def say(**fields: Any) -> None:
    """Print a line."""
    print(json.dumps({"at": time.monotonic(), **fields}), flush=True)


base_url, key, message = sys.argv[1:]
client = OpenAI(base_url=base_url, api_key=key, max_retries=0)
messages: Any = [{"role": "user", "content": message}]
try:
    stream = client.chat.completions.create(
        model="any", messages=messages, stream=True, stream_options={"include_usage": True}
    )
    for chunk in stream:
        for choice in chunk.choices:
            say(content=choice.delta.content, finish=choice.finish_reason)
        if chunk.usage:
            say(usage=chunk.usage.total_tokens)
except AuthenticationError as error:
    say(refused=error.status_code)
except APIError as error:
    say(failed=error.message)
else:
    if message != "fail":
        whole = client.chat.completions.create(model="any", messages=messages)
        say(whole=whole.choices[0].message.content, models=[model.id for model in client.models.list()])
