"""The training step of `bench train` in PyTorch, eager: the same shape, loss, clipping and AdamW, random tokens.

Prints one JSON line. PyTorch is no part of this project: `bench train` runs this only where it is already installed.
"""

import argparse
import json
import statistics
import time

import torch
import torch.nn.functional as F
from torch import nn

EPSILON = 1e-5
WARM_UPS = 3


def rotary(length, head_dim, theta):
    """Cosines and sines [length, head_dim] of a half-split rotation."""
    frequencies = theta ** (-torch.arange(0, head_dim, 2, dtype=torch.float64) / head_dim)
    angles = torch.outer(torch.arange(length, dtype=torch.float64), frequencies)
    angles = torch.cat([angles, angles], dim=-1)
    return angles.cos().float(), angles.sin().float()


def turn(x, cos, sin):
    """Rotates queries or keys [batch, heads, length, head_dim] by their positions."""
    left, right = x.chunk(2, dim=-1)
    return x * cos + torch.cat([-right, left], dim=-1) * sin


class Layer(nn.Module):
    def __init__(self, at):
        super().__init__()
        hidden, width = at.hidden, at.heads * at.head_dim
        self.at = at
        self.attention_gain = nn.Parameter(torch.ones(hidden))
        self.qkv = nn.Linear(hidden, 3 * width, bias=False)
        self.out = nn.Linear(width, hidden, bias=False)
        self.feed_gain = nn.Parameter(torch.ones(hidden))
        self.gate = nn.Linear(hidden, at.feed_forward, bias=False)
        self.up = nn.Linear(hidden, at.feed_forward, bias=False)
        self.down = nn.Linear(at.feed_forward, hidden, bias=False)
        # First values as in src/main/engine/nets/initial.ts.
        for linear in (self.qkv, self.gate, self.up):
            nn.init.normal_(linear.weight, std=linear.in_features**-0.5)
        for linear in (self.out, self.down):
            nn.init.normal_(linear.weight, std=(linear.in_features * 2 * at.layers) ** -0.5)

    def forward(self, x, cos, sin):
        batch, length, _ = x.shape
        h = F.rms_norm(x, x.shape[-1:], self.attention_gain, EPSILON)
        q, k, v = (
            part.view(batch, length, self.at.heads, self.at.head_dim).transpose(1, 2)
            for part in self.qkv(h).chunk(3, dim=-1)
        )
        mixed = F.scaled_dot_product_attention(turn(q, cos, sin), turn(k, cos, sin), v, is_causal=True)
        x = x + self.out(mixed.transpose(1, 2).reshape(batch, length, -1))
        m = F.rms_norm(x, x.shape[-1:], self.feed_gain, EPSILON)
        return x + self.down(F.silu(self.gate(m)) * self.up(m))


class Decoder(nn.Module):
    def __init__(self, at):
        super().__init__()
        self.embedding = nn.Parameter(0.04 * torch.randn(at.vocabulary, at.hidden))
        self.layers = nn.ModuleList(Layer(at) for _ in range(at.layers))
        self.gain = nn.Parameter(torch.ones(at.hidden))
        cos, sin = rotary(at.length, at.head_dim, at.theta)
        self.register_buffer("cos", cos)
        self.register_buffer("sin", sin)

    def forward(self, ids):
        x = F.embedding(ids, self.embedding)
        for layer in self.layers:
            x = layer(x, self.cos, self.sin)
        return F.rms_norm(x, x.shape[-1:], self.gain, EPSILON) @ self.embedding.T


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("vocabulary", "hidden", "layers", "heads", "head-dim", "feed-forward", "batch", "length", "steps"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--theta", type=float, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--seed", type=int, default=7)
    at = parser.parse_args()

    torch.manual_seed(at.seed)
    torch.set_num_threads(at.threads)
    # Denormal numbers are made zero on both sides.
    torch.set_flush_denormal(True)
    model = Decoder(at)
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() == 1]
    groups = [{"params": matrices, "weight_decay": 0.01}, {"params": vectors, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.98), eps=1e-8, fused=True)
    ids = torch.randint(at.vocabulary, (at.batch, at.length))
    targets = ids.flatten().roll(-1)

    times, losses = [], []
    for step in range(at.steps + WARM_UPS):
        started = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(model(ids).flatten(0, 1), targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
        if step >= WARM_UPS:
            times.append(time.perf_counter() - started)

    rows = at.batch * at.length
    low, _, high = statistics.quantiles(times, n=4, method="inclusive") if len(times) > 1 else times * 3
    print(
        json.dumps(
            {
                "version": torch.__version__,
                "threads": torch.get_num_threads(),
                "parameters": sum(p.numel() for p in model.parameters()),
                "tokensPerSecond": rows / statistics.median(times),
                "quartiles": [rows / high, rows / low],
                "firstLoss": losses[0],
                "lastLoss": losses[-1],
            }
        )
    )


if __name__ == "__main__":
    main()
