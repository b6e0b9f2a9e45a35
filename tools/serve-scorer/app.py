"""The HTTP side: the paths of vLLM that slowthink asks (docs/serve-scorer.md), with its shapes of requests, replies and errors."""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass

import torch
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bodies import Body, Chat, Completion, Detokenize, Message, Pooling, Sampled, Tokenize
from draw import Sampling
from fault import Gone, Refusal
from metrics import Metrics
from scoring import ScoreJob
from served import POLICY, SCORER
from texts import Texts
from watch import Watch
from worker import Worker
from writing import Sample, WriteJob



@dataclass(frozen=True)
class Serving:
    names: dict[str, str]  # model name by role, of the roles that are served
    revisions: dict[str, str]
    texts: Texts
    context: int  # tokens
    vocabulary: int
    activation: str  # of /pooling with use_activation: softmax over the labels, or the sigmoid of each
    api_key: str | None
    worker: Worker
    metrics: Metrics


def make_app(serving: Serving) -> FastAPI:
    app = FastAPI(title="serve-scorer", docs_url=None, redoc_url=None, openapi_url=None)
    texts, metrics, context = serving.texts, serving.metrics, serving.context
    began = int(time.time())

    def role_of(body: Body, *roles: str) -> str:
        """The role that is asked for by the model's name; the one there is, where none is named. Refusal 404."""
        able = [role for role in roles if role in serving.names]
        found = next((role for role in able if body.model in (None, serving.names[role])), None)
        if found is None:
            have = " and ".join(f"`{name}` ({'policy' if role == POLICY else 'step scorer'})" for role, name in serving.names.items())
            raise Refusal(404, f"The model `{body.model}` does not exist here{'' if able else ', and none that this path needs is served'}. There {'is' if len(serving.names) == 1 else 'are'} {have}.", "NotFoundError")
        return found

    def checked(ids: list[int], more: int, what: str) -> list[int]:
        """Refusal 400: no tokens, ids that are none, more than the context takes."""
        if not ids:
            raise Refusal(400, f"{what} has no tokens.")
        if min(ids) < 0 or max(ids) >= serving.vocabulary:
            raise Refusal(400, f"{what} holds token ids that the model has none of: there are 0 to {serving.vocabulary - 1}.")
        if len(ids) + more > context:
            raise Refusal(400, f"This model's maximum context length is {context} tokens. However, {what} has {len(ids)} tokens{', and nothing can be written behind it' if more else ''}: it is never cut off.")
        return ids

    async def answer(request: Request, jobs: list[ScoreJob] | list[WriteJob]) -> list:
        """Waits for the model, or for the sender to hang up: then the model is free at its next pass."""
        hung_up = asyncio.ensure_future(gone(request))
        try:
            for job in jobs:
                serving.worker.submit(job)
            waiting = asyncio.gather(*(asyncio.wrap_future(job.done) for job in jobs))
            await asyncio.wait({waiting, hung_up}, return_when=asyncio.FIRST_COMPLETED)
            if waiting.done():
                return waiting.result()
            waiting.cancel()
            metrics.cancelled.inc()
            raise Gone
        finally:
            for job in jobs:
                job.done.cancel()
            hung_up.cancel()

    @app.exception_handler(Refusal)
    async def on_refusal(_request: Request, refusal: Refusal) -> Response:
        return refused(refusal)

    @app.exception_handler(Gone)
    async def on_gone(_request: Request, _gone: Gone) -> Response:
        return Response(status_code=499)

    @app.exception_handler(RequestValidationError)
    async def on_invalid(_request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part != "body")
        return refused(Refusal(400, f"{where or 'The body'}: {first['msg']}."))

    @app.exception_handler(torch.OutOfMemoryError)
    async def on_memory(_request: Request, _error: Exception) -> Response:
        return refused(Refusal(500, "The device has no memory left for this request. Start the server with smaller --pass-tokens and --cache-tokens.", "InternalServerError"))

    @app.exception_handler(FloatingPointError)
    async def on_numbers(_request: Request, error: FloatingPointError) -> Response:
        return refused(Refusal(500, f"The request failed: {error}. Check the weights, or start the server with --dtype float32.", "InternalServerError"))

    @app.exception_handler(Exception)
    async def on_error(_request: Request, error: Exception) -> Response:
        return refused(Refusal(500, f"The request failed: {type(error).__name__}. The log of the server has the details.", "InternalServerError"))

    @app.get("/health")
    async def health() -> Response:
        return Response(status_code=200 if serving.worker.thread.is_alive() else 503)

    @app.get("/metrics")
    async def show_metrics() -> Response:
        metrics.open.set(serving.worker.open)
        return PlainTextResponse(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    @app.get("/v1/models")
    async def models() -> dict:
        return {"object": "list", "data": [{"id": name, "object": "model", "created": began, "owned_by": "slowthink", "root": name, "parent": None, "max_model_len": context, "meta": {"role": role, "weights": serving.revisions[role], **({"activation": serving.activation} if role == SCORER else {})}} for role, name in serving.names.items()]}

    @app.post("/tokenize")
    async def tokenize(body: Tokenize) -> dict:
        role_of(body, SCORER, POLICY)
        if (body.prompt is None) == (body.messages is None):
            raise Refusal(400, "Give one of prompt and messages.")
        if body.prompt is not None:
            ids = texts.encode(body.prompt, body.add_special_tokens is not False)
        else:
            ids = texts.encode(texts.render(plain(body.messages or []), body.add_generation_prompt, body.continue_final_message), body.add_special_tokens is True)
        return {"count": len(ids), "max_model_len": context, "tokens": ids, "token_strs": None}

    @app.post("/detokenize")
    async def detokenize(body: Detokenize) -> dict:
        role_of(body, SCORER, POLICY)
        if any(not 0 <= token < serving.vocabulary for token in body.tokens):
            raise Refusal(400, f"tokens holds ids that the model has none of: there are 0 to {serving.vocabulary - 1}.")
        return {"prompt": texts.decode(body.tokens)}

    @app.post("/pooling")
    async def pooling(body: Pooling, request: Request) -> Response:
        role = role_of(body, SCORER)
        if body.task not in (None, "token_classify"):
            raise Refusal(400, f"The task {body.task} is not served; token_classify is.")
        several = body.input if isinstance(body.input, list) and body.input and not isinstance(body.input[0], int) else [body.input]
        inputs = [checked(texts.encode(one, True) if isinstance(one, str) else one, 0, "The input") for one in several]
        found = await answer(request, [ScoreJob(ids) for ids in inputs])
        if body.use_activation is not False:
            found = [torch.softmax(rows.double(), -1) if serving.activation == "softmax" and rows.shape[-1] > 1 else torch.sigmoid(rows.double()) for rows in found]
        tokens = sum(map(len, inputs))
        metrics.read.labels(role).inc(tokens)
        return JSONResponse({"id": f"pool-{secrets.token_hex(8)}", "object": "list", "created": int(time.time()), "model": serving.names[role], "data": [{"index": index, "object": "pooling", "data": rows.tolist()} for index, rows in enumerate(found)],
                             "usage": {"prompt_tokens": tokens, "total_tokens": tokens, "completion_tokens": 0, "prompt_tokens_details": None}})

    async def write(request: Request, body: Sampled, prompt: list[int], tokens_max: int | None) -> tuple[list[Sample], dict]:
        checked(prompt, 1, "The prompt")
        stops = [stop for stop in ([body.stop] if isinstance(body.stop, str) else body.stop or []) if stop != ""]
        words = body.structured_outputs.choice if body.structured_outputs is not None else body.guided_choice
        left = context - len(prompt)  # what does not fit ends with finish_reason length
        job = WriteJob(prompt, body.n, secrets.randbits(31) if body.seed is None else body.seed, min(tokens_max or left, left), Sampling(body.temperature, body.top_p, max(0, body.top_k), body.min_p), stops,
                       None if words is None else words_of(words, texts, left))
        (samples,) = await answer(request, [job])
        written = sum(len(sample.tokens) for sample in samples)
        metrics.read.labels(POLICY).inc(len(prompt))
        return samples, {"prompt_tokens": len(prompt), "total_tokens": len(prompt) + written, "completion_tokens": written, "prompt_tokens_details": None}

    @app.post("/v1/completions")
    async def completions(body: Completion, request: Request) -> dict:
        role = role_of(body, POLICY)
        if (body.logprobs or 0) > 0:
            raise Refusal(400, "logprobs above 0 is not served: 0 gives the logarithm of each written token's probability.")
        prompt = body.prompt[0] if isinstance(body.prompt, list) and len(body.prompt) == 1 and isinstance(body.prompt[0], str) else body.prompt
        if isinstance(prompt, list) and any(isinstance(part, str) for part in prompt):
            raise Refusal(400, "Give one prompt a request; many requests at once share passes.")
        samples, usage = await write(request, body, texts.encode(prompt, True) if isinstance(prompt, str) else prompt, body.max_tokens)
        choices = [{"index": index, "text": sample.text, "logprobs": None if body.logprobs is None else {"tokens": [texts.decode([token]) for token in sample.tokens], "token_logprobs": sample.logprobs, "top_logprobs": None, "text_offset": None}, "finish_reason": sample.finish, "stop_reason": sample.stopped} for index, sample in enumerate(samples)]
        return {"id": f"cmpl-{secrets.token_hex(8)}", "object": "text_completion", "created": int(time.time()), "model": serving.names[role], "choices": choices, "usage": usage}

    @app.post("/v1/chat/completions")
    async def chat(body: Chat, request: Request) -> dict:
        role = role_of(body, POLICY)
        prompt = texts.encode(texts.render(plain(body.messages), body.add_generation_prompt and not body.continue_final_message, body.continue_final_message), False)
        samples, usage = await write(request, body, prompt, body.max_completion_tokens or body.max_tokens)
        choices = [{"index": index, "message": {"role": "assistant", "content": sample.text}, "logprobs": None if not body.logprobs else {"content": [{"token": texts.decode([token]), "logprob": logprob, "top_logprobs": []} for token, logprob in zip(sample.tokens, sample.logprobs, strict=True)]}, "finish_reason": sample.finish, "stop_reason": sample.stopped} for index, sample in enumerate(samples)]
        return {"id": f"chatcmpl-{secrets.token_hex(8)}", "object": "chat.completion", "created": int(time.time()), "model": serving.names[role], "choices": choices, "usage": usage}

    app.add_middleware(Watch, metrics=metrics, api_key=serving.api_key)
    return app


def refused(refusal: Refusal) -> Response:
    return JSONResponse(refusal.body(), refusal.status, headers={} if refusal.retry_after is None else {"retry-after": str(refusal.retry_after)})


def plain(messages: list[Message]) -> list[dict[str, str]]:
    return [{"role": message.role, "content": message.content} for message in messages]


def words_of(words: list[str], texts: Texts, left: int) -> list[list[int]]:
    """Refusal 400: words that cannot be told apart while they are written."""
    if len(words) < 2 or "" in words:
        raise Refusal(400, "structured_outputs.choice wants two words or more, none of them empty.")
    ids = [texts.encode(word, False) for word in words]
    for one in ids:
        if any(one is not other and other[: len(one)] == one for other in ids):
            raise Refusal(400, f"structured_outputs.choice: {texts.decode(one)!r} is the beginning of another word.")
    if max(map(len, ids)) > left:
        raise Refusal(400, "structured_outputs.choice: a word does not fit behind the prompt in the context length.")
    return ids


async def gone(request: Request) -> None:
    """Ends when the sender hangs up. The body has been read, so nothing else comes."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
