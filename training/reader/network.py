"""The encoder in PyTorch, with one head for each task."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from training.reader.data import SIZES, TOKEN_SIZES
from training.reader.pretrained import Pretrained

# Of all the pretrained encoders; and of those without attention to distance, and with it.
HEADS, EPSILON, EPSILON_NEAR = 12, 1e-12, 1e-5


class Layer(nn.Module):
    """One transformer layer with its norms behind (post-LN, as BERT has them).

    Attributes:
        heads: How many there are: `HEADS`, if none were taken out.
        size: How many numbers each has.
    """

    def __init__(self, hidden: int, heads: int, inner: int, epsilon: float, dropout: float) -> None:
        super().__init__()
        self.heads, self.size, self.dropout = heads, hidden // HEADS, dropout
        self.mix = nn.Linear(hidden, 3 * heads * self.size)
        self.out = nn.Linear(heads * self.size, hidden)
        self.norm1 = nn.LayerNorm(hidden, eps=epsilon)
        self.widen = nn.Linear(hidden, inner)
        self.narrow = nn.Linear(inner, hidden)
        self.norm2 = nn.LayerNorm(hidden, eps=epsilon)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """States (texts, tokens, hidden) in and out; mask (texts, 1, 1, tokens) true where text."""
        texts, tokens, _ = states.shape
        parts = self.mix(states).view(texts, tokens, 3, self.heads, self.size)
        # Attention in float32: its backward pass in bfloat16 is slow on CPUs.
        query, key, value = (part.transpose(1, 2).float() for part in parts.unbind(2))
        with torch.autocast("cpu", enabled=False):
            seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        seen = seen.transpose(1, 2).reshape(texts, tokens, self.heads * self.size)
        drop = self.dropout if self.training else 0.0
        states = self.norm1(states + functional.dropout(self.out(seen), drop, self.training))
        wide = functional.gelu(self.widen(states))
        return self.norm2(states + functional.dropout(self.narrow(wide), drop, self.training))


class Encoder(nn.Module):
    """Tokens to one vector each and one for the text (their mean).

    Attributes:
        distance: How much attention a token at each distance gets, by head; of MPNet only.
    """

    def __init__(
        self, vocabulary: int, hidden: int, layers: int, heads: int, inner: int, epsilon: float,
        positions: int = 512, dropout: float = 0.1, buckets: int = 0,
    ) -> None:  # fmt: skip
        super().__init__()
        self.distance = nn.Embedding(buckets, heads) if buckets else None
        self.word = nn.Embedding(vocabulary, hidden)
        self.place = nn.Embedding(positions, hidden)
        self.norm = nn.LayerNorm(hidden, eps=epsilon)
        self.layers = nn.ModuleList(
            Layer(hidden, heads, inner, epsilon, dropout) for _ in range(layers)
        )
        self.dropout = dropout

    def embedded(self, ids: Tensor) -> Tensor:
        """What the first layer sees of tokens and their places, (texts, tokens, hidden)."""
        found: Tensor = self.norm(self.word(ids) + self.place.weight[None, : ids.shape[1]])
        return found

    def forward(self, ids: Tensor, length: Tensor) -> tuple[Tensor, Tensor]:
        """Token states (texts, tokens, hidden) and their mean over the text (texts, hidden)."""
        there = torch.arange(ids.shape[1], device=ids.device)[None, :] < length[:, None]
        states = functional.dropout(self.embedded(ids), self.dropout, self.training)
        mask = there[:, None, None, :]
        if self.distance is not None:
            near = self.distance(buckets(ids.shape[1], self.distance.num_embeddings))
            mask = near.permute(2, 0, 1)[None].float().masked_fill(~mask, -torch.inf)
        for layer in self.layers:
            states = layer(states, mask)
        weights = there.to(states.dtype)[:, :, None]
        return states, (states * weights).sum(1) / weights.sum(1)


def buckets(length: int, count: int, furthest: int = 128) -> Tensor:
    """In which bucket each distance between two tokens falls, (tokens, tokens).

    Half of the buckets are for tokens behind; of each half the first half is of one distance each,
    the others grow by a factor (Raffel et al. 2020, "T5").

    Args:
        length: Number of tokens.
        count: Number of buckets.
        furthest: From this distance on all fall in the last.

    >>> buckets(3, 32)[0].tolist()
    [0, 17, 18]
    """
    places = torch.arange(length)
    distance = places[None, :] - places[:, None]
    half, single = count // 2, count // 4
    steps = torch.log(distance.abs().clamp(min=1) / single) / math.log(furthest / single)
    grown = (single + steps * (half - single)).long().clamp(max=half - 1)
    return half * (distance > 0) + torch.where(distance.abs() < single, distance.abs(), grown)


class Reader(nn.Module):
    """The encoder with its heads, all linear.

    Attributes:
        tasks: Number of outputs of each task of whole texts: its head sees the text's vector.
        token_tasks: Number of outputs of each task of tokens: its head sees each token's vector.
    """

    def __init__(
        self, encoder: Encoder, tasks: Mapping[str, int], token_tasks: Mapping[str, int]
    ) -> None:
        super().__init__()
        self.encoder, self.tasks, self.token_tasks = encoder, dict(tasks), dict(token_tasks)
        hidden = encoder.norm.normalized_shape[0]
        self.heads = nn.ModuleDict(
            {name: nn.Linear(hidden, size) for name, size in {**tasks, **token_tasks}.items()}
        )

    def forward(self, ids: Tensor, length: Tensor) -> dict[str, Tensor]:
        """Logits of all tasks: (texts, outputs), and of tokens (texts, tokens, outputs)."""
        states, text = self.encoder(ids, length)
        text = functional.dropout(text, 0.1, self.training)
        states = functional.dropout(states, 0.1, self.training)
        return {
            name: head(states if name in self.token_tasks else text)
            for name, head in self.heads.items()
        }


def reader_of(weights: Mapping[str, Tensor]) -> Reader:
    """The reader with weights that were saved; heads that they lack begin anew."""
    vocabulary, hidden = weights["encoder.word.weight"].shape
    inner = weights["encoder.layers.0.widen.weight"].shape[0]
    heads = weights["encoder.layers.0.out.weight"].shape[1] // (hidden // HEADS)
    layers = 1 + max(int(name.split(".")[2]) for name in weights if ".layers." in name)
    distance = weights.get("encoder.distance.weight", torch.zeros(0))
    encoder = Encoder(
        vocabulary, hidden, layers, heads, inner, EPSILON_NEAR if len(distance) else EPSILON,
        len(weights["encoder.place.weight"]), buckets=len(distance),
    )  # fmt: skip
    model = Reader(encoder, SIZES, TOKEN_SIZES)
    known = model.state_dict()
    new = {name: value for name, value in known.items() if name.startswith("heads.")}
    model.load_state_dict({**new, **{one: weights[one] for one in weights if one in known}})
    return model


def encoder_of(pretrained: Pretrained, kept: Sequence[int], layers: int | None = None) -> Encoder:
    """The pretrained encoder with the tokens that were kept, and its first `layers` layers."""
    weights = pretrained.tensors
    depth = pretrained.layers if layers is None else layers
    encoder = Encoder(
        len(kept), pretrained.hidden, depth, pretrained.heads, pretrained.inner,
        pretrained.epsilon, len(weights["emb.pos"]), buckets=len(weights.get("distance", ())),
    )  # fmt: skip

    def put(target: Tensor, value: np.ndarray) -> None:
        target.data.copy_(torch.from_numpy(np.ascontiguousarray(value)))

    put(encoder.word.weight, weights["emb.word"][list(kept)])
    # The type of all tokens is 0: its vector is part of every position's.
    put(encoder.place.weight, weights["emb.pos"] + weights["emb.type"][0])
    if encoder.distance is not None:
        put(encoder.distance.weight, weights["distance"])
    put(encoder.norm.weight, weights["emb.ln.w"])
    put(encoder.norm.bias, weights["emb.ln.b"])
    for number, layer in enumerate(encoder.layers):

        def of(name: str, at: int = number) -> np.ndarray:
            return weights[f"l{at}.{name}"]

        put(layer.mix.weight, np.concatenate([of("q.w"), of("k.w"), of("v.w")]))
        put(layer.mix.bias, np.concatenate([of("q.b"), of("k.b"), of("v.b")]))
        for part, name in (("out", "ao"), ("widen", "fi"), ("narrow", "fo")):
            put(getattr(layer, part).weight, of(f"{name}.w"))
            put(getattr(layer, part).bias, of(f"{name}.b"))
        for part, name in (("norm1", "aln"), ("norm2", "oln")):
            put(getattr(layer, part).weight, of(f"{name}.w"))
            put(getattr(layer, part).bias, of(f"{name}.b"))
    return encoder
