#!/usr/bin/env python3
"""Quantises a small network of PyTorch with random weights and writes it as a program, its scales beside it.

    pip install -r scripts/models/pytorch-requirements.txt
    scripts/models/pytorch.py OUT.tosa

docs/pytorch.md says what to change for a network of your own.
"""

import hashlib
import json
import sys
from pathlib import Path

import torch
from executorch.backends.arm.quantizer import TOSAQuantizer, get_symmetric_quantization_config
from executorch.backends.arm.tosa.compile_spec import TosaCompileSpec
from executorch.backends.arm.tosa.partitioner import TOSAPartitioner
from executorch.exir import EdgeCompileConfig, to_edge_transform_and_lower
from executorch.exir.lowered_backend_module import LoweredBackendModule
from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e

# A shard is of so many items.
BATCH = 4
SAMPLES = 16
INTEGERS = "TOSA-1.0+INT"


def network():
    return torch.nn.Sequential(
        torch.nn.Conv2d(3, 16, 3, stride=2, padding=1), torch.nn.ReLU(),
        torch.nn.Conv2d(16, 32, 3, stride=2, padding=1), torch.nn.ReLU(),
        torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(32, 10),
    )


def lowered(net, samples):
    """The network in integers, with the quantising of its inputs and outputs around the one part that is TOSA."""
    spec = TosaCompileSpec(INTEGERS)
    quantizer = TOSAQuantizer(spec)
    quantizer.set_global(get_symmetric_quantization_config())
    prepared = prepare_pt2e(torch.export.export(net, (samples[0],)).module(), quantizer)
    for sample in samples:
        prepared(sample)
    exported = torch.export.export(convert_pt2e(prepared), (samples[0],))
    config = EdgeCompileConfig(_check_ir_validity=False)
    return to_edge_transform_and_lower(exported, partitioner=[TOSAPartitioner(spec)], compile_config=config)


def program(edge):
    """The bytes of the TOSA flatbuffer."""
    module = edge.exported_program().graph_module
    parts = [part for _, part in module.named_children() if isinstance(part, LoweredBackendModule)]
    if len(parts) != 1:
        sys.exit(f"{len(parts)} parts are TOSA, not one: an operator between them was not lowered")
    return parts[0].processed_bytes


def main():
    torch.manual_seed(1)
    out = Path(sys.argv[1])
    net = network().eval()
    edge = lowered(net, [torch.randn(BATCH, 3, 32, 32) for _ in range(SAMPLES)])
    file = program(edge)
    out.write_bytes(file)
    for node in edge.exported_program().graph.nodes:
        print(node.op, node.target, node.args)


main()
