#!/usr/bin/env python3
"""Quantises a small network of PyTorch with random weights and writes it as a program, its scales beside it.

    pip install -r scripts/models/pytorch-requirements.txt
    scripts/models/pytorch.py TEQUIO OUT.tosa

TEQUIO is the binary. docs/pytorch.md says what to change for a network of your own.
"""

import hashlib
import json
import subprocess
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
    # With a scale for each channel ExecuTorch 1.5.1 writes a zero point for each as well, where TOSA has one.
    quantizer.set_global(get_symmetric_quantization_config(is_per_channel=False))
    prepared = prepare_pt2e(torch.export.export(net, (samples[0],)).module(check_guards=False), quantizer)
    for sample in samples:
        prepared(sample)
    exported = torch.export.export(convert_pt2e(prepared), (samples[0],))
    config = EdgeCompileConfig(_check_ir_validity=False)
    return to_edge_transform_and_lower(exported, partitioner=[TOSAPartitioner(spec)], compile_config=config)


def parts(edge):
    """The call of the part that is TOSA, and the bytes of its flatbuffer."""
    module = edge.exported_program().graph_module
    lowered = {name: part for name, part in module.named_children() if isinstance(part, LoweredBackendModule)}
    calls = [node for node in module.graph.nodes if any(getattr(of, "target", None) in lowered for of in node.args)]
    if len(calls) != 1:
        sys.exit(f"{len(calls)} parts are TOSA, not one: an operator between them was not lowered")
    return calls[0], lowered[calls[0].args[0].target].processed_bytes


def ports(names, tensors, nodes):
    """What stands in the file of scales; `nodes` quantise or dequantise."""
    types = {tensor["name"]: tensor["ty"] for tensor in tensors}
    for name, node in zip(names, nodes, strict=True):
        scale, zero_point = node.args[1:3]
        yield {"name": name, "called": node.name, "ty": types[name], "quantised": {"scale": scale, "zero_point": zero_point}}


def main():
    tequio, out = sys.argv[1], Path(sys.argv[2])
    torch.manual_seed(1)
    edge = lowered(network().eval(), [torch.randn(BATCH, 3, 32, 32) for _ in range(SAMPLES)])
    call, program = parts(edge)
    out.write_bytes(program)
    shown = subprocess.run([tequio, "--json", "program", "show", out], check=True, capture_output=True, text=True)
    report = json.loads(shown.stdout)
    # Each output is an item of what the call gives, and read by what dequantises it.
    outputs = [next(iter(item.users)) for item in sorted(call.users, key=lambda item: item.args[1])]
    scales = {
        "program": hashlib.sha256(program).hexdigest(),
        "inputs": list(ports(report["inputs"], report["tensors"], call.args[1:])),
        "outputs": list(ports(report["outputs"], report["tensors"], outputs)),
    }
    out.with_suffix(".scales.json").write_text(json.dumps(scales, indent=2) + "\n")
    print(f"{out}: program {report['program_id']}")


main()
