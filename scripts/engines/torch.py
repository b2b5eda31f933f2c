"""Full context of the shapes with random weights in PyTorch, f16 on CUDA: what `bench ttft --device webgpu --weights f16` stands beside.

For comparison alone: python3 scripts/engines/torch.py, with torch and transformers installed.
"""
import statistics
import time

import torch
from transformers import LlamaConfig, LlamaForCausalLM

SHAPES = {
    "llama-135m": dict(hidden_size=576, num_hidden_layers=30, num_attention_heads=9, num_key_value_heads=3, intermediate_size=1536, vocab_size=49152, head_dim=64),
    "llama-3.2-1b": dict(hidden_size=2048, num_hidden_layers=16, num_attention_heads=32, num_key_value_heads=8, intermediate_size=8192, vocab_size=128256, head_dim=64),
    "llama-3.2-3b": dict(hidden_size=3072, num_hidden_layers=28, num_attention_heads=24, num_key_value_heads=8, intermediate_size=8192, vocab_size=128256, head_dim=128),
}
CONTEXTS = [2048, 8192, 16384, 65536]
REPEATS, STEPS = 3, 15

for name, sizes in SHAPES.items():
    torch.manual_seed(7)
    torch.set_default_dtype(torch.float16)
    with torch.device("cuda"):
        model = LlamaForCausalLM(LlamaConfig(max_position_embeddings=70000, tie_word_embeddings=True, **sizes)).eval()
    torch.set_default_dtype(torch.float32)
    for context in CONTEXTS:
        ids = torch.randint(0, sizes["vocab_size"], (1, context), device="cuda")
        first, step = [], []
        for repeat in range(REPEATS + 1):
            with torch.inference_mode():
                torch.cuda.synchronize()
                began = time.perf_counter()
                out = model(ids, use_cache=True, logits_to_keep=1)
                token = out.logits[:, -1].argmax(-1).item()
                reached = time.perf_counter()
                cache = out.past_key_values
                for _ in range(STEPS):
                    out = model(torch.tensor([[token]], device="cuda"), past_key_values=cache, use_cache=True)
                    token = out.logits[:, -1].argmax(-1).item()
                ended = time.perf_counter()
            # The first round chooses kernels and makes buffers.
            if repeat > 0:
                first.append(1000 * (reached - began))
                step.append(1000 * (ended - reached) / STEPS)
            del out, cache
        print(f"{name} f16 context {context}: TTFT {statistics.median(first):.1f} ms, a token {statistics.median(step):.2f} ms", flush=True)
    del model
    torch.cuda.empty_cache()
