"""Keys and values of the rows that are being written: one slot a row, as long as its class says. Speaks to a model as a cache of transformers does; attention sees what the mask given with it lets through."""

from __future__ import annotations

import torch
from torch import Tensor
from transformers import DynamicCache, PreTrainedConfig


class Slots:
    def __init__(self, config: PreTrainedConfig, rows: int, room: int, device: torch.device, dtype: torch.dtype) -> None:
        heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
        size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        self.rows, self.room = rows, room
        self.keys = [torch.zeros(rows, heads, room, size, device=device, dtype=dtype) for _ in range(config.num_hidden_layers)]
        self.values = [torch.zeros_like(keys) for keys in self.keys]
        self.every = torch.arange(rows, device=device)
        self.places = torch.zeros(rows, dtype=torch.long, device=device)  # where the token of each row goes

    def update(self, keys: Tensor, values: Tensor, layer: int, *_args: object, **_kwargs: object) -> tuple[Tensor, Tensor]:
        """[rows, heads, 1, size] each, written at the places of the rows; what all rows hold comes back."""
        self.keys[layer][self.every, :, self.places] = keys[:, :, 0]
        self.values[layer][self.every, :, self.places] = values[:, :, 0]
        return self.keys[layer], self.values[layer]

    def get_seq_length(self, _layer: int = 0) -> int:
        return 0

    def fill(self, slot: int, prompt: DynamicCache, tokens: int) -> None:
        """Takes the first `tokens` places of a prompt that was computed alone."""
        for layer, (keys, values) in enumerate(zip(self.keys, self.values, strict=True)):
            keys[slot, :, :tokens] = prompt.layers[layer].keys[0, :, :tokens]
            values[slot, :, :tokens] = prompt.layers[layer].values[0, :, :tokens]
