"""The callers of a function: function URLs, streaming REST APIs, the Lambda API and the console."""
