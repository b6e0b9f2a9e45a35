"""What requests may hold: the fields of vLLM that are served here. A field that would change an answer and is not served is refused, never passed over."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fault import Refusal

# Fields that are known and off at these values: they may be sent, and mean nothing.
OFF: dict[str, tuple[object, ...]] = {
    "stream": (False, None), "stream_options": (None,), "echo": (False, None), "suffix": (None, ""), "best_of": (None, 1), "logit_bias": (None, {}), "presence_penalty": (0, None), "frequency_penalty": (0, None),
    "repetition_penalty": (1, None), "prompt_logprobs": (None, 0), "top_logprobs": (None, 0), "min_tokens": (0, None), "ignore_eos": (False, None), "include_stop_str_in_output": (False, None), "stop_token_ids": (None, []),
    "skip_special_tokens": (True, None), "truncate_prompt_tokens": (None, -1), "tools": (None, []), "tool_choice": (None, "none"), "response_format": (None, {"type": "text"}), "dimensions": (None,), "length_penalty": (1, None), "use_beam_search": (False, None),
}
UNREAD = ("user", "request_id", "priority", "spaces_between_special_tokens", "add_special_tokens", "return_token_strs", "cache_salt", "logprobs_mode")


class Body(BaseModel):
    model_config = ConfigDict(extra="allow")
    model: str | None = None

    @model_validator(mode="after")
    def _known(self) -> Body:
        for name, value in (self.model_extra or {}).items():
            if name in UNREAD or (name in OFF and value in OFF[name]):
                continue
            raise Refusal(400, f"The field {name}{' with this value' if name in OFF else ''} is not served here. Leave it out.")
        return self


class Message(BaseModel):
    role: Literal["system", "user", "assistant"]
    content: str


class Choice(BaseModel):
    model_config = ConfigDict(extra="forbid")
    choice: list[str]


class Sampled(Body):
    n: int = Field(1, ge=1, le=1024)
    seed: int | None = None
    temperature: float = Field(1.0, ge=0, le=100)
    top_p: float = Field(1.0, gt=0, le=1)
    top_k: int = Field(0, ge=-1)
    min_p: float = Field(0.0, ge=0, le=1)
    stop: str | list[str] | None = None
    structured_outputs: Choice | None = None
    guided_choice: list[str] | None = None


class Completion(Sampled):
    prompt: str | list[int] | list[str]
    max_tokens: int | None = Field(16, ge=1)
    logprobs: int | None = None


class Chat(Sampled):
    messages: list[Message]
    max_tokens: int | None = Field(None, ge=1)
    max_completion_tokens: int | None = Field(None, ge=1)
    logprobs: bool | None = None
    add_generation_prompt: bool = True
    continue_final_message: bool = False


class Tokenize(Body):
    prompt: str | None = None
    messages: list[Message] | None = None
    add_special_tokens: bool | None = None  # default: True for a prompt, False for messages
    add_generation_prompt: bool = True
    continue_final_message: bool = False


class Detokenize(Body):
    tokens: list[int]


class Pooling(Body):
    input: str | list[int] | list[str] | list[list[int]]
    task: str | None = None
    encoding_format: Literal["float"] = "float"
    use_activation: bool | None = None
