"""A narrower reader: `python -m training.reader.prune --start FOLDER --work FOLDER`.

Of every layer some attention heads and inner units are taken out, those that are missed least by
the product behind them, and what is left is fitted anew to give what all gave (`surgeon`), on texts
learned from. Layers follow one another, each seeing what the narrower ones before it give. The
folder then has a checkpoint for `training.reader.train --start` to go on from in another.
"""

import argparse
import logging
import shutil
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from sonnim.language.reader import TOKENIZER
from training.reader.checkpoint import model_of, tokens_of
from training.reader.network import Layer, Reader
from training.reader.surgeon import missed, without
from training.reader.train import CHECKPOINT, SEED, batches, padded_ids

_LOG = logging.getLogger("sonnim.training")
# So many batches are looked at: some two hundred tokens for each inner unit.
_BATCHES = 150


def narrowed(model: Reader, texts: list[tuple[Tensor, Tensor]], heads: int, inner: int) -> None:
    """Takes heads and inner units out of every layer.

    Args:
        model: The reader; it is changed.
        texts: Batches of tokens and lengths.
        heads: How many each layer keeps.
        inner: How many inner units.
    """
    encoder = model.encoder.eval()
    masks = [torch.arange(ids.shape[1])[None, :] < length[:, None] for ids, length in texts]
    states = [encoder.embedded(ids) for ids, _ in texts]
    for number, layer in enumerate(encoder.layers):
        for part, groups, keep, apply in (
            ("out", layer.heads, heads, _without_heads),
            ("narrow", layer.narrow.in_features, inner, _without_units),
        ):
            product = getattr(layer, part)
            moments = _moments(layer, product, states, masks)
            before = torch.cat([product.weight, product.bias[:, None]], 1).double().numpy()
            kept, after = without(moments, before, groups, keep)
            _LOG.info("layer %d, %s: misses %.4f", number, part, missed(moments, before, after))
            apply(layer, kept, torch.from_numpy(after).float())
        states = [
            layer(one, mask[:, None, None, :]) for one, mask in zip(states, masks, strict=True)
        ]


def _moments(
    layer: Layer, product: nn.Linear, states: list[Tensor], masks: list[Tensor]
) -> NDArray[np.float64]:
    """Second moments of a product's inputs, and of a one beside them, over the tokens of texts."""
    seen: list[Tensor] = []
    hook = product.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    total = torch.zeros(product.in_features + 1, product.in_features + 1)
    for one, mask in zip(states, masks, strict=True):
        layer(one, mask[:, None, None, :])
        inputs = seen.pop()[mask]
        rows = torch.cat([inputs, torch.ones(len(inputs), 1)], 1)
        total += rows.T @ rows
    hook.remove()
    return np.asarray(total.double().numpy(), np.float64)


def _without_heads(layer: Layer, kept: list[int], weight: Tensor) -> None:
    rows = torch.tensor([one * layer.size + at for one in kept for at in range(layer.size)])
    of_all = torch.cat([rows + part * layer.heads * layer.size for part in range(3)])
    layer.mix = _linear(layer.mix.weight[of_all], layer.mix.bias[of_all])
    layer.out = _linear(weight[:, rows], weight[:, -1])
    layer.heads = len(kept)


def _without_units(layer: Layer, kept: list[int], weight: Tensor) -> None:
    layer.widen = _linear(layer.widen.weight[kept], layer.widen.bias[kept])
    layer.narrow = _linear(weight[:, kept], weight[:, -1])


def _linear(weight: Tensor, bias: Tensor) -> nn.Linear:
    found = nn.Linear(weight.shape[1], weight.shape[0])
    found.weight.data.copy_(weight)
    found.bias.data.copy_(bias)
    return found


def pruned(start: Path, work: Path, heads: int, inner: int, language: str) -> None:
    """Writes the narrower reader of a folder of training as a checkpoint of another."""
    work.mkdir(parents=True, exist_ok=True)
    model, given = model_of(start), tokens_of(start)
    source = batches(given, SEED, language)
    drawn = [padded_ids(given, next(source)) for _ in range(_BATCHES)]
    with torch.no_grad():
        narrowed(
            model, [(torch.from_numpy(i), torch.from_numpy(n)) for i, n in drawn], heads, inner
        )
    torch.save({"model": model.state_dict()}, work / CHECKPOINT)
    shutil.copyfile(start / TOKENIZER, work / TOKENIZER)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--language", choices=("ko", "en"), required=True)
    parser.add_argument("--start", type=Path, required=True, help="folder of a finished training")
    parser.add_argument("--work", type=Path, required=True, help="where the checkpoint goes")
    parser.add_argument("--heads", type=int, default=9)
    parser.add_argument("--inner", type=int, default=1_024)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(given.threads)
    pruned(given.start, given.work, given.heads, given.inner, given.language)


if __name__ == "__main__":
    main()
