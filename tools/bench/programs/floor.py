"""The least a Python runtime can do before its first invocation: connect, and ask for it."""

import _socket
import posix

host, port = posix.environ[b"AWS_LAMBDA_RUNTIME_API"].split(b":")
connection = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
connection.connect((host.decode(), int(port)))
connection.sendall(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")
connection.recv(65536)
