"""The models of a server: one base in memory, and what is switched on it for a pass.

    --policy-adapter  --scorer-adapter  --scorer-over     policy              scorer
    -                 -                                   base                -
    A                 -                                   base + A            -
    -                 B                                   base                base + B, head of B
    A                 B                 policy            base + A            base + A + B, head of B
    A                 B                 base              base + A            base + B, head of B
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch
from peft import PeftModel
from torch import Tensor, nn
from transformers import PreTrainedModel

from adapters import Adapter, add_adapters, head_of, read_adapter
from fault import WRONG_USE, Fault
from full_weights import FullWeights, load_policy, load_scorer
from tensors import hash_files

POLICY, SCORER = "policy", "scorer"


@dataclass(frozen=True)
class Wanted:
    base: Path | None
    policy_adapter: Path | None = None
    scorer_adapter: Path | None = None
    scorer: Path | None = None  # full weights of a token classifier
    over: str = POLICY  # what the scorer's adapter was trained on: policy, with its adapter, or base
    without_bias: bool = False
    device: str = "cpu"
    dtype: torch.dtype = torch.float32


@dataclass
class Served:
    policy: PreTrainedModel | None
    scoring: PreTrainedModel | None  # the same object as policy where the scorer is an adapter
    head: nn.Linear | None
    tuned: PeftModel | None
    active: dict[str, tuple[str, ...]]  # adapters of each role
    revisions: dict[str, str]
    sentences: list[str]
    warnings: list[str]
    tokenizers: list[Path]  # folders that may hold the tokenizer, the likeliest first
    now: tuple[str, ...] | None = field(default=None)

    @property
    def any(self) -> PreTrainedModel:
        model = self.policy or self.scoring
        assert model is not None
        return model

    def switch(self, role: str) -> None:
        """Makes the next passes those of a role. Called by the one thread that computes."""
        wanted = self.active[role]
        if self.tuned is None or self.now == wanted or (role == SCORER and self.scoring is not self.policy):
            return
        if wanted:
            self.tuned.base_model.enable_adapter_layers()
            self.tuned.base_model.set_adapter(list(wanted), inference_mode=True)
        else:
            self.tuned.base_model.disable_adapter_layers()
        self.now = wanted

    def body(self, role: str) -> Callable[..., object]:
        """The layers without a head."""
        model = self.policy if role == POLICY else self.scoring
        assert model is not None
        return getattr(model, model.base_model_prefix)

    def next_logits(self, hidden: Tensor) -> Tensor:
        """[rows, hidden] -> [rows, vocabulary], float32."""
        assert self.policy is not None
        return self.policy.get_output_embeddings()(hidden).float()

    def labels(self, hidden: Tensor) -> Tensor:
        """[rows, places, hidden] -> [rows, places, labels], float32."""
        assert self.head is not None
        return self.head(hidden.float())


def open_served(wanted: Wanted) -> Served:
    """MODEL_FOLDER_WRONG, MODEL_WEIGHTS_CORRUPT; SETTING_INVALID: flags that do not go together."""
    if wanted.base is None and wanted.scorer is None and wanted.policy_adapter is None and wanted.scorer_adapter is None:
        raise Fault("SETTING_INVALID", "Nothing is to be served.", "Give --base DIR, --scorer DIR or both.", WRONG_USE)
    if wanted.scorer is not None and wanted.scorer_adapter is not None:
        raise Fault("SETTING_INVALID", "--scorer and --scorer-adapter are both given.", "Give one: full weights of a scorer, or an adapter on --base.", WRONG_USE)
    for flag, adapter in (("--policy-adapter", wanted.policy_adapter), ("--scorer-adapter", wanted.scorer_adapter)):
        if adapter is not None and wanted.base is None:
            raise Fault("SETTING_INVALID", f"{flag} is given without --base.", "The base is never guessed from the adapter's configuration: give it with --base DIR.", WRONG_USE)
        if adapter is not None and not adapter.is_dir():
            raise Fault("MODEL_FOLDER_WRONG", f"There is no folder {adapter}.", f"Check the path given to {flag}.")
    adapters: dict[str, Adapter] = {}
    if wanted.policy_adapter is not None:
        adapters[POLICY] = read_adapter(wanted.policy_adapter, "--policy-adapter", "CAUSAL_LM")
    if wanted.scorer_adapter is not None:
        adapters[SCORER] = read_adapter(wanted.scorer_adapter, "--scorer-adapter", "TOKEN_CLS")
    base = None if wanted.base is None else load_policy(wanted.base, "--base", wanted.device, wanted.dtype, wanted.policy_adapter)
    whole = None if wanted.scorer is None else load_scorer(wanted.scorer, "--scorer", wanted.device, wanted.dtype)
    if POLICY in adapters and adapters[POLICY].head:
        raise Fault("MODEL_FOLDER_WRONG", f"The adapter in {wanted.policy_adapter} holds a score head: it is one of a scorer.", "Give it to --scorer-adapter.")
    head = None
    if SCORER in adapters:
        assert base is not None
        head = head_of(adapters[SCORER], base.model.config.hidden_size, wanted.without_bias, wanted.device)
    elif whole is not None:
        head = whole.model.score.float()
    tuned = add_adapters(base.model, adapters) if base is not None and adapters else None
    over = (POLICY,) if POLICY in adapters and wanted.over == POLICY else ()
    active = {POLICY: (POLICY,) if POLICY in adapters else (), SCORER: (*over, SCORER) if SCORER in adapters else ()}
    return Served(
        policy=None if base is None else base.model, scoring=whole.model if whole is not None else base.model if base is not None and head is not None else None, head=head, tuned=tuned, active=active,
        revisions=revisions_of(wanted, base, whole, adapters, active), sentences=sentences_of(wanted, adapters, active),
        warnings=[warning for weights in (base, whole) if weights is not None for warning in weights.warnings],
        tokenizers=[folder for folder in (wanted.base, wanted.scorer, wanted.policy_adapter, wanted.scorer_adapter) if folder is not None],
    )


def revisions_of(wanted: Wanted, base: FullWeights | None, whole: FullWeights | None, adapters: dict[str, Adapter], active: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """sha256 a role of the weights behind it, in the order they are added, and the numbers they are computed in."""
    full = {name: hash_files(weights.files) for name, weights in (("base", base), ("whole", whole)) if weights is not None}
    hashes = {name: hash_files(adapter.files) for name, adapter in adapters.items()}
    found = {}
    for role in (POLICY, SCORER):
        name = "whole" if role == SCORER and whole is not None else "base"
        if name in full:
            parts = [full[name], *(hashes[adapter] for adapter in (() if name == "whole" else active[role])), str(wanted.dtype)]
            found[role] = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    return found


def sentences_of(wanted: Wanted, adapters: dict[str, Adapter], active: dict[str, tuple[str, ...]]) -> list[str]:
    """What is served, for the log: which weights, added how, and what an adapter's own configuration says."""
    sum_of = lambda role: " + ".join([str(wanted.base), *(str(adapters[name].folder) for name in active[role])])  # noqa: E731
    told = [] if wanted.base is None else [f"policy: {sum_of(POLICY)}"]
    if wanted.scorer is not None:
        told.append(f"scorer: {wanted.scorer}")
    elif SCORER in adapters:
        told.append(f"scorer: {sum_of(SCORER)} (its configuration says that it was trained on {adapters[SCORER].trained_on}; --scorer-over base leaves the policy's adapter out)" if POLICY in active[SCORER]
                    else f"scorer: {sum_of(SCORER)} (its configuration says that it was trained on {adapters[SCORER].trained_on})")
    return told
