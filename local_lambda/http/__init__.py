"""HTTP/1.1 on this machine: a server on h11, and the values it passes on."""
