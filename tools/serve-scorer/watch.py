"""Around every request: the key, the size, the count and the time."""

from __future__ import annotations

import hmac
import json
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fault import Refusal
from metrics import Metrics

BODY_BYTES_MAX = 16 * 2**20
OPEN = ("/health", "/metrics")  # for those who watch the process, who have no key
COUNTED = ("/tokenize", "/detokenize", "/pooling", "/v1/completions", "/v1/chat/completions", "/v1/models")


class Watch:
    def __init__(self, app: ASGIApp, metrics: Metrics, api_key: str | None) -> None:
        self.app, self.metrics, self.key = app, metrics, None if api_key is None else f"Bearer {api_key}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start, path, status = time.perf_counter(), scope["path"], 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        if self.key is not None and path not in OPEN and not hmac.compare_digest(headers.get(b"authorization", b""), self.key):
            await refuse(Refusal(401, "The key is missing or wrong.", "UnauthorizedError"), watched)
        elif not length.isdigit() or int(length) > BODY_BYTES_MAX:
            await refuse(Refusal(413, f"A request may have {BODY_BYTES_MAX} bytes at most."), watched)
        else:
            await self.app(scope, receive, watched)
        if path in COUNTED:
            self.metrics.requests.labels(path, status).inc()
            self.metrics.seconds.labels(path).observe(time.perf_counter() - start)


async def refuse(refusal: Refusal, send: Send) -> None:
    body = json.dumps(refusal.body()).encode()
    await send({"type": "http.response.start", "status": refusal.status, "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), (b"connection", b"close")]})
    await send({"type": "http.response.body", "body": body})
