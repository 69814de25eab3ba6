"""A mail server, as far as a test needs one."""

import socketserver
from threading import Thread


class Postbox:
    """A mail server's door on the loopback address, run by a thread; keeps what is handed in."""

    def __init__(self, *, refuse: bool = False) -> None:
        self.handed_in: list[bytes] = []
        postbox = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(b"220 postbox\r\n")
                for line in self.rfile:
                    verb = line[:4].upper()
                    if verb == b"QUIT":
                        self.wfile.write(b"221 bye\r\n")
                        return
                    if verb == b"RCPT" and refuse:
                        self.wfile.write(b"550 nobody here\r\n")
                    elif verb == b"DATA":
                        self.wfile.write(b"354 go on\r\n")
                        postbox.handed_in.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                        self.wfile.write(b"250 taken\r\n")
                    else:
                        self.wfile.write(b"250 ok\r\n")

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"smtp://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> "Postbox":
        Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
