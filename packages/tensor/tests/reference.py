#!/usr/bin/env python3
"""Writes tests/vectors/reference.json: operators, operand values and the outputs TOSA's reference model gives them.

Needs tosa-opt and tosa_reference_model (PyPI: tosa-tools==2026.8.0) and numpy. Each case is a program of one
operator, written as MLIR text, serialised to a TOSA flatbuffer and run by the reference model. A case that the model
refuses (a REQUIRE on its data fails) is left out and named on stderr. The seed is fixed: the file is reproducible.

    python3 tests/reference.py

scripts/conformance runs the same cases through `tequio`.
"""

import importlib.metadata
import json
import os
import pathlib
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

rng = np.random.default_rng(20260801)
BITS = {"bool": 1, "i4": 4, "i8": 8, "i16": 16, "i32": 32, "i48": 48}
MLIR = {"bool": "i1"}
NUMPY = {"bool": np.bool_, "i4": np.int8, "i8": np.int8, "i16": np.int16, "i32": np.int32, "i48": np.int64}
TARGET = pathlib.Path(__file__).parent / "vectors" / "reference.json"
# The tools themselves: the commands that pip puts on the path start Python first.
TOOLS = pathlib.Path(importlib.metadata.distribution("tosa-tools").locate_file("bin"))


# --- values ---------------------------------------------------------------------------------------------------------

def low(dtype):
    # TOSA leaves −8 out of int4.
    return {"bool": 0, "i4": -7}.get(dtype, -(1 << (BITS[dtype] - 1)))


def high(dtype):
    return 1 if dtype == "bool" else (1 << (BITS[dtype] - 1)) - 1


class Tensor:
    """Element type, shape, values (python integers, row-major)."""

    def __init__(self, dtype, shape, values):
        self.dtype, self.shape = dtype, list(shape)
        self.values = [int(v) for v in values]
        assert len(self.values) == int(np.prod(self.shape, dtype=np.int64)), (shape, len(self.values))

    def type(self):
        dims = "".join(f"{d}x" for d in self.shape)
        return f"tensor<{dims}{MLIR.get(self.dtype, self.dtype)}>"

    def dense(self):
        values = [bool(v) for v in self.values] if self.dtype == "bool" else self.values
        nested = np.array(values, dtype=object).reshape(self.shape).tolist()
        return f"dense<{json.dumps(nested)}> : {self.type()}"

    def array(self):
        return np.array(self.values, dtype=np.int64).astype(NUMPY[self.dtype]).reshape(self.shape)

    def json(self):
        return {"type": self.dtype, "shape": self.shape, "values": self.values}


def random(dtype, shape, least=None, most=None, extremes=True):
    """Uniform values in least..=most, a quarter of them replaced by extremes and small numbers."""
    least = low(dtype) if least is None else least
    most = high(dtype) if most is None else most
    count = int(np.prod(shape, dtype=np.int64))
    values = rng.integers(least, most, count, endpoint=True)
    if extremes:
        special = [v for v in (least, least + 1, most, most - 1, 0, 1, -1) if least <= v <= most]
        for i in range(count):
            if rng.random() < 0.25:
                values[i] = special[rng.integers(len(special))]
    return Tensor(dtype, shape, values)


def one(dtype, value):
    return Tensor(dtype, [1], [value])


# --- programs -------------------------------------------------------------------------------------------------------

def attribute(value, kind=None):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"array<{kind or 'i64'}: {', '.join(map(str, value))}>"
    return f"{value} : {kind}" if kind else str(value)


def program(name, ins, constants, attributes, shapes, out_dtype, out_shape):
    """MLIR text of `name` over `ins`; those numbered in `constants` become constants, the others arguments."""
    out = Tensor(out_dtype, out_shape, [0] * int(np.prod(out_shape, dtype=np.int64))).type()
    arguments = [i for i in range(len(ins)) if i not in constants]
    lines, names, types = [], [], []
    for i, tensor in enumerate(ins):
        names.append(f"%arg{arguments.index(i)}" if i in arguments else f"%c{i}")
        types.append(tensor.type())
        if i in constants:
            lines.append(f'%c{i} = "tosa.const"() <{{values = {tensor.dense()}}}> : () -> {tensor.type()}')
    for i, (position, shape) in enumerate(shapes):
        kind = f"!tosa.shape<{len(shape)}>"
        lines.append(f"%s{i} = tosa.const_shape {{values = dense<{shape}> : tensor<{len(shape)}xindex>}} : () -> {kind}")
        names.insert(position, f"%s{i}")
        types.insert(position, kind)
    attrs = ", ".join(f"{key} = {value}" for key, value in attributes.items())
    lines.append(f"%r = tosa.{name} {', '.join(names)} {{{attrs}}} : ({', '.join(types)}) -> {out}")
    params = ", ".join(f"%arg{n}: {ins[i].type()}" for n, i in enumerate(arguments))
    body = "\n    ".join(lines)
    return f"module {{\n  func.func @main({params}) -> {out} {{\n    {body}\n    return %r : {out}\n  }}\n}}\n", arguments


def serialise(text, file):
    """Writes MLIR text as a TOSA flatbuffer. The reason why that fails, if it does."""
    source = file.with_suffix(".mlir")
    source.write_text(text)
    made = subprocess.run(
        [TOOLS / "tosa-opt", source, f"--tosa-serialize=tosa-flatbuffer-filename={file}", "-o", "/dev/null"],
        capture_output=True, text=True)
    return f"tosa-opt: {made.stderr.strip().splitlines()[0]}" if made.returncode else None


def evaluate(file, inputs, folder):
    """The output that the reference model gives for arrays, or None and the reason why there is none."""
    for n, array in enumerate(inputs):
        np.save(folder / f"in{n}.npy", array)
    names = [f"TosaInput_{n}" for n in range(len(inputs))]
    files = [str(folder / f"in{n}.npy") for n in range(len(inputs))]
    ran = subprocess.run(
        [TOOLS / "tosa_reference_model", f"--tosa_file={file}", "--tosa_level=EIGHTK", "--terminate_early=true",
         f"--ifm_name={','.join(names)}", f"--ifm_file={','.join(files)}",
         "--ofm_name=TosaOutput_0", f"--ofm_file={folder / 'out.npy'}"],
        capture_output=True, text=True)
    if ran.returncode or not (folder / "out.npy").exists():
        lines = (ran.stdout + ran.stderr).strip().splitlines()
        return None, " | ".join(line for line in lines if "rror" in line or "REQUIRE" in line or "WARN" in line)[:300]
    return np.load(folder / "out.npy"), None


@dataclass
class Case:
    """One operator: `attr` are its attributes as the Rust test reads them, `mlir` as a program's text has them."""

    name: str
    ins: list
    out: tuple
    constants: tuple
    attr: dict
    mlir: dict
    shapes: tuple

    def program(self, constants=None):
        """MLIR text, and the operands that are its arguments. `constants`: others than TOSA wants constant."""
        constants = self.constants if constants is None else constants
        return program(self.name, self.ins, constants, self.mlir, self.shapes, *self.out)

    def result(self):
        """The reference model's output, or None and the reason why there is none."""
        text, arguments = self.program()
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            reason = serialise(text, folder / "p.tosa")
            if reason:
                return None, reason
            out, reason = evaluate(folder / "p.tosa", [self.ins[i].array() for i in arguments], folder)
        if reason:
            return None, reason
        dtype, shape = self.out
        assert list(out.shape) == list(shape), (out.shape, shape)
        return Tensor(dtype, shape, out.astype(np.int64).reshape(-1)), None

    def json(self, result):
        return {"op": self.name, "attr": self.attr, "ins": [t.json() for t in self.ins], "out": result.json()}


cases = []


def case(name, ins, out, constants=(), attr=None, mlir=None, shapes=()):
    cases.append(Case(name, ins, out, constants, attr or {}, mlir or {}, shapes))


# --- convolutions, matmul, pools ------------------------------------------------------------------------------------

def fitted(size, kernel, stride, dilation, pad, axis):
    """Output length; the padding behind is raised until the windows end where the input does."""
    room = size + pad[2 * axis] + pad[2 * axis + 1] - (kernel - 1) * dilation - 1
    more = -room if room < 0 else -room % stride
    pad[2 * axis + 1] += more
    return (room + more) // stride + 1


def conv(name, dtype, weight_dtype, input_shape, weight_shape, pad, stride, dilation, bias_len=None, zps=(0, 0)):
    n, h, w, c = input_shape
    if name == "conv2d":
        oc, kh, kw, _ = weight_shape
    else:
        kh, kw, _, m = weight_shape
        oc = c * m
    out_dtype = "i48" if dtype == "i16" else "i32"
    oh = fitted(h, kh, stride[0], dilation[0], pad, 0)
    ow = fitted(w, kw, stride[1], dilation[1], pad, 1)
    ins = [random(dtype, input_shape), random(weight_dtype, weight_shape),
           random(out_dtype, [bias_len or oc], -(1 << 20), 1 << 20), one(dtype, zps[0]), one(weight_dtype, zps[1])]
    attr = {"pad": pad, "stride": stride, "dilation": dilation}
    mlir = {"acc_type": out_dtype, **{key: attribute(value) for key, value in attr.items()}}
    case(name, ins, (out_dtype, [n, oh, ow, oc]), (1, 2, 3, 4), attr, mlir)


def convolutions():
    conv("conv2d", "i8", "i8", [1, 4, 5, 3], [4, 3, 2, 3], [0, 0, 0, 0], [1, 1], [1, 1], zps=(5, 0))
    conv("conv2d", "i8", "i8", [2, 5, 5, 2], [3, 3, 3, 2], [1, 1, 1, 1], [2, 2], [1, 1], zps=(-128, 0))
    conv("conv2d", "i8", "i8", [1, 7, 6, 2], [2, 3, 2, 2], [2, 1, 0, 3], [2, 1], [2, 3], zps=(127, -3))
    conv("conv2d", "i8", "i8", [1, 3, 3, 4], [2, 1, 1, 4], [0, 0, 0, 0], [1, 1], [1, 1], bias_len=1)
    conv("conv2d", "i8", "i8", [1, 2, 2, 1], [1, 5, 5, 1], [3, 2, 2, 3], [1, 1], [1, 1], zps=(-1, 1))
    conv("conv2d", "i8", "i8", [1, 3, 2, 1], [2, 2, 2, 1], [3, 2, 4, 3], [1, 1], [1, 1], zps=(9, 0))
    conv("conv2d", "i8", "i4", [1, 4, 4, 2], [4, 2, 2, 2], [1, 0, 0, 1], [1, 1], [1, 1], zps=(4, 0))
    conv("conv2d", "i16", "i8", [1, 4, 4, 3], [2, 3, 3, 3], [1, 1, 1, 1], [1, 1], [1, 1])
    conv("conv2d", "i16", "i8", [1, 5, 4, 2], [2, 2, 2, 2], [1, 0, 0, 1], [2, 3], [2, 1], zps=(0, -7))
    for zps in [(0, 0), (3, 0), (-128, 2)]:
        conv("depthwise_conv2d", "i8", "i8", [1, 5, 4, 3], [3, 2, 3, 1], [1, 1, 0, 0], [1, 2], [1, 1], zps=zps)
    conv("depthwise_conv2d", "i8", "i8", [2, 4, 4, 2], [2, 2, 2, 3], [1, 0, 2, 1], [1, 1], [3, 1], zps=(1, 0))
    conv("depthwise_conv2d", "i8", "i8", [1, 3, 3, 2], [3, 3, 2, 2], [1, 1, 1, 1], [2, 2], [1, 1], bias_len=1)
    conv("depthwise_conv2d", "i8", "i4", [1, 4, 4, 2], [2, 2, 2, 2], [0, 0, 0, 0], [2, 2], [1, 1])
    conv("depthwise_conv2d", "i16", "i8", [1, 4, 4, 3], [3, 3, 3, 2], [1, 1, 1, 1], [1, 1], [1, 1])


def transposed(dtype, weight_dtype, input_shape, weight_shape, out_pad, stride, bias_len=None, zps=(0, 0)):
    n, h, w, _ = input_shape
    oc, kh, kw, _ = weight_shape
    out_dtype = "i48" if dtype == "i16" else "i32"
    oh = (h - 1) * stride[0] + kh + out_pad[0] + out_pad[1]
    ow = (w - 1) * stride[1] + kw + out_pad[2] + out_pad[3]
    ins = [random(dtype, input_shape), random(weight_dtype, weight_shape),
           random(out_dtype, [bias_len or oc], -(1 << 20), 1 << 20), one(dtype, zps[0]), one(weight_dtype, zps[1])]
    attr = {"out_pad": out_pad, "stride": stride}
    mlir = {"acc_type": out_dtype, **{key: attribute(value) for key, value in attr.items()}}
    case("transpose_conv2d", ins, (out_dtype, [n, oh, ow, oc]), (1, 2, 3, 4), attr, mlir)


def transposeds():
    transposed("i8", "i8", [1, 3, 4, 3], [4, 3, 2, 3], [0, 0, 0, 0], [1, 1], zps=(5, 0))
    transposed("i8", "i8", [2, 3, 3, 2], [3, 4, 4, 2], [-1, -1, -1, -1], [2, 2], zps=(-128, 3))
    transposed("i8", "i8", [1, 2, 3, 2], [2, 2, 3, 2], [2, 1, 0, 3], [3, 5], zps=(127, -3))
    transposed("i8", "i8", [1, 3, 2, 4], [2, 1, 1, 4], [1, 0, 0, 0], [2, 3], bias_len=1)
    transposed("i8", "i4", [1, 3, 3, 2], [4, 3, 2, 2], [-2, 0, -1, 2], [2, 1], zps=(4, 0))
    transposed("i16", "i8", [1, 3, 4, 3], [2, 3, 3, 3], [-1, 0, 0, -2], [1, 2])


def matmul(dtype, n, h, c, w, zps):
    ins = [random(dtype, [n, h, c]), random(dtype, [n, c, w]), one(dtype, zps[0]), one(dtype, zps[1])]
    case("matmul", ins, ("i48" if dtype == "i16" else "i32", [n, h, w]), (2, 3))


def matmuls():
    matmul("i8", 1, 3, 5, 4, (0, 0))
    matmul("i8", 2, 2, 7, 3, (-128, 127))
    matmul("i8", 3, 1, 1, 1, (5, -6))
    matmul("i16", 2, 3, 4, 2, (0, 0))


def pools():
    for dtype, shape, kernel, stride, pad, zps in [
        ("i8", [1, 4, 4, 3], [2, 2], [2, 2], [0, 0, 0, 0], (0, 0)),
        ("i8", [1, 5, 5, 2], [3, 3], [1, 1], [1, 1, 1, 1], (-128, -128)),
        ("i8", [2, 5, 7, 2], [3, 3], [2, 3], [0, 0, 2, 0], (17, -9)),
        ("i8", [1, 6, 4, 1], [6, 4], [1, 1], [0, 0, 0, 0], (3, 127)),
        ("i8", [1, 3, 3, 1], [4, 3], [1, 1], [3, 3, 2, 2], (-5, 0)),
        ("i8", [1, 2, 2, 4], [1, 1], [1, 1], [0, 0, 0, 0], (0, 0)),
        ("i8", [1, 9, 9, 1], [5, 7], [2, 1], [1, 1, 3, 3], (0, 1)),
        ("i16", [1, 4, 5, 2], [2, 3], [2, 1], [0, 0, 1, 1], (0, 0)),
    ]:
        oh = fitted(shape[1], kernel[0], stride[0], 1, pad, 0)
        ow = fitted(shape[2], kernel[1], stride[1], 1, pad, 1)
        out = (dtype, [shape[0], oh, ow, shape[3]])
        attr = {"kernel": kernel, "stride": stride, "pad": pad}
        mlir = {key: attribute(value) for key, value in attr.items()}
        values = random(dtype, shape)
        case("avg_pool2d", [values, one(dtype, zps[0]), one(dtype, zps[1])], out, (1, 2), attr, {"acc_type": "i32", **mlir})
        case("max_pool2d", [values], out, (), attr, mlir)


# --- rescale --------------------------------------------------------------------------------------------------------

def signed(value, dtype):
    bits = BITS[dtype]
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def rescale(source, target, scale32, double, per_channel, unsigned=(False, False), zps=(0, 0), shifts=None,
            multipliers=None, limit=None, shape=(2, 3, 4)):
    channels = shape[-1] if per_channel else 1
    bits = 33 if source == "i48" else BITS[source] + int(unsigned[0]) + 1
    least = max(bits, 8)
    if scale32:
        m = multipliers or rng.integers(1 << 30, (1 << 31) - 1, channels, endpoint=True)
        least = min(least, 33)
    else:
        m = multipliers or rng.integers(1 << 14, (1 << 15) - 1, channels, endpoint=True)
    s = shifts or rng.integers(least, min(least + 14, 62), channels, endpoint=True)
    limit = limit or (1 << 39 if source == "i48" else None)
    values = random(source, shape, *((-limit, limit - 1) if limit else (None, None)))
    ins = [values, Tensor("i32" if scale32 else "i16", [channels], m), Tensor("i8", [channels], s),
           one(source, signed(zps[0], source)), one(target, signed(zps[1], target))]
    attr = {"scale32": scale32, "double_round": double, "per_channel": per_channel,
            "input_unsigned": unsigned[0], "output_unsigned": unsigned[1]}
    mlir = {key: attribute(value) for key, value in attr.items() if key != "double_round"}
    mlir["rounding_mode"] = "DOUBLE_ROUND" if double else "SINGLE_ROUND"
    case("rescale", ins, (target, shape), (1, 2, 3, 4), attr, mlir)


def rescales():
    for source in ["i8", "i16", "i32", "i48"]:
        for target in ["i8", "i16", "i32"]:
            for scale32 in [False, True]:
                if scale32 and source == "i48":
                    continue
                for double in {False, scale32}:
                    for per_channel in [False, True]:
                        zps = (11 if source == "i8" else 0, -13 if target == "i8" else 0)
                        rescale(source, target, scale32, double, per_channel, zps=zps)
    # Ties and signs at the shift where double rounding begins.
    for shift in [30, 31, 32, 33, 34, 47]:
        for double in [False, True]:
            rescale("i32", "i32", True, double, False, shifts=[shift], multipliers=[1 << 30],
                    limit=min(1 << (shift - 1), 1 << 31))
            rescale("i32", "i16", True, double, False, shifts=[shift], multipliers=[(1 << 30) + 1], limit=1 << 18)
    rescale("i32", "i32", True, False, False, shifts=[62], multipliers=[(1 << 31) - 1])
    rescale("i32", "i32", True, True, False, shifts=[62], multipliers=[(1 << 31) - 1])
    rescale("i8", "i32", True, False, False, shifts=[9], multipliers=[511], zps=(-128, 0))
    rescale("i8", "i8", False, False, False, shifts=[2], multipliers=[3], zps=(0, 0), limit=2)
    rescale("i32", "i32", True, True, False, shifts=[40], multipliers=[0])
    # Unsigned sides.
    for target, zero in [("i8", 0), ("i8", -128), ("i16", 0)]:
        rescale("i8", target, True, False, False, (True, False), (128, zero))
        rescale("i8", target, False, False, True, (True, False), (255, zero))
        rescale("i16", target, True, True, False, (True, False), (32768, zero))
        rescale("i16", target, True, False, False, (True, False), (0, zero))
    for source, zero in [("i8", 0), ("i8", -128), ("i16", 0)]:
        rescale(source, "i8", True, False, False, (False, True), (zero, 128), shifts=[30], multipliers=[1 << 29])
        rescale(source, "i8", True, False, False, (False, True), (zero, 7), shifts=[31], multipliers=[1 << 30])
        rescale(source, "i8", True, True, True, (False, True), (zero, 255))
        rescale(source, "i16", True, False, False, (False, True), (zero, 32768), shifts=[29], multipliers=[1 << 30])
        rescale(source, "i16", False, False, False, (False, True), (zero, 0), shifts=[17], multipliers=[1 << 14])


# --- position by position -------------------------------------------------------------------------------------------

BROADCAST = [([2, 3, 4], [2, 3, 4]), ([2, 1, 4], [1, 3, 4]), ([1, 1, 1], [2, 2, 3]), ([2, 3], [1, 1])]


def broadcast(*shapes):
    return [max(dims) for dims in zip(*shapes)]


def binary(name, dtype, out=None, a=(None, None), b=(None, None), attr=None, shapes=BROADCAST):
    for left, right in shapes:
        ins = [random(dtype, left, *a), random(dtype, right, *b)]
        mlir = {key: attribute(value) for key, value in (attr or {}).items()}
        case(name, ins, (out or dtype, broadcast(left, right)), (), attr, mlir)


def binaries():
    half = (-(1 << 30), (1 << 30) - 1)
    binary("add", "i32", a=half, b=half)
    binary("sub", "i32", a=half, b=half)
    binary("maximum", "i32")
    binary("minimum", "i32")
    binary("intdiv", "i32", a=(low("i32") + 1, high("i32")), b=(1, 1000))
    binary("intdiv", "i32", a=(-1000, 1000), b=(-30, -1))
    for name in ["equal", "greater", "greater_equal"]:
        binary(name, "i32", out="bool", a=(-3, 3), b=(-3, 3))
        binary(name, "i32", out="bool", shapes=BROADCAST[:1])
    for name in ["bitwise_and", "bitwise_or", "bitwise_xor"]:
        for dtype in ["i8", "i16", "i32"]:
            binary(name, dtype, shapes=BROADCAST[:2])
    for name in ["logical_and", "logical_or", "logical_xor"]:
        binary(name, "bool")
    for dtype in ["i8", "i16", "i32"]:
        amount = (0, BITS[dtype] - 1)
        binary("arithmetic_right_shift", dtype, b=amount, attr={"round": True}, shapes=BROADCAST[:2])
        binary("arithmetic_right_shift", dtype, b=amount, attr={"round": False}, shapes=BROADCAST[:2])
        binary("logical_left_shift", dtype, b=amount, shapes=BROADCAST[:2])
        binary("logical_right_shift", dtype, b=amount, shapes=BROADCAST[:2])
    for left, right in BROADCAST:
        for dtype in ["i8", "i16", "i32"]:
            ins = [random(dtype, left), random(dtype, right), one("i8", 0)]
            case("mul", ins, ("i32", broadcast(left, right)), (2,))
    for shift, limit in [(1, 1 << 15), (7, 1 << 18), (30, 1 << 30), (31, (1 << 31) - 1), (32, 1 << 31), (62, 1 << 31), (63, (1 << 31) - 1)]:
        bounds = (-limit, limit - 1)
        ins = [random("i32", [3, 4], *bounds), random("i32", [3, 4], *bounds), one("i8", shift)]
        case("mul", ins, ("i32", [3, 4]), (2,))
    for dtype in ["bool", "i8", "i16", "i32"]:
        for condition, left, right in [([2, 3], [2, 3], [2, 3]), ([2, 1], [1, 3], [1, 1])]:
            ins = [random("bool", condition), random(dtype, left), random(dtype, right)]
            case("select", ins, (dtype, broadcast(condition, left, right)))


def unaries():
    shape = [3, 8]
    for dtype, bounds in [("i8", (-100, 100)), ("i8", (-128, 127)), ("i16", (-1, 32767)), ("i16", (5, 5))]:
        attr = {"min_val": bounds[0], "max_val": bounds[1]}
        case("clamp", [random(dtype, shape)], (dtype, shape), (), attr,
             {key: attribute(value, dtype) for key, value in attr.items()})
    for dtype, zps in [("i8", (0, 0)), ("i8", (-128, 127)), ("i8", (5, -6)), ("i16", (0, 0)), ("i32", (0, 0))]:
        least = low(dtype) + (dtype == "i32")
        case("negate", [random(dtype, shape, least), one(dtype, zps[0]), one(dtype, zps[1])], (dtype, shape), (1, 2))
    case("negate", [Tensor("i32", [1], [low("i32")]), one("i32", 0), one("i32", 0)], ("i32", [1]), (1, 2))
    case("abs", [random("i32", shape, low("i32") + 1)], ("i32", shape))
    case("abs", [Tensor("i32", [1], [low("i32")])], ("i32", [1]))
    case("clz", [random("i32", shape)], ("i32", shape))
    case("clz", [Tensor("i32", [8], [1 << n for n in range(8)])], ("i32", [8]))
    for dtype in ["i8", "i16", "i32"]:
        case("bitwise_not", [random(dtype, shape)], (dtype, shape))
    case("logical_not", [random("bool", shape)], ("bool", shape))
    for dtype in ["bool", "i8", "i16", "i32"]:
        case("identity", [random(dtype, shape)], (dtype, shape))
        for target in ["bool", "i8", "i16", "i32"]:
            if target != dtype:
                case("cast", [random(dtype, shape)], (target, shape))
    case("add", [random("i32", [], -9, 9), random("i32", [], -9, 9)], ("i32", []))


def tables():
    case("table", [random("i8", [4, 16]), random("i8", [256])], ("i8", [4, 16]), (1,))
    curve = Tensor("i16", [513], np.cumsum(rng.integers(-90, 120, 513)))
    steep = Tensor("i16", [513], rng.integers(-16384, 16383, 513))
    for entries in [curve, steep]:
        case("table", [random("i16", [2, 16]), entries], ("i32", [2, 16]), (1,))
    wild = Tensor("i16", [513], [32767 if n % 2 else -32768 for n in range(513)])
    case("table", [random("i16", [16]), wild], ("i32", [16]), (1,))


# --- reductions and data movement -----------------------------------------------------------------------------------

def reductions():
    shape = [3, 4, 5]
    for axis in range(3):
        kept = [1 if n == axis else d for n, d in enumerate(shape)]
        attr, mlir = {"axis": axis}, {"axis": attribute(axis, "i32")}
        case("reduce_sum", [random("i32", shape, -(1 << 28), 1 << 28)], ("i32", kept), (), attr, mlir)
        for name in ["reduce_max", "reduce_min"]:
            for dtype in ["i8", "i16", "i32"]:
                case(name, [random(dtype, shape)], (dtype, kept), (), attr, mlir)
        for name, values in [("reduce_all", (0, 1)), ("reduce_any", (0, 1))]:
            base = random("bool", shape, extremes=False)
            base.values = [int(rng.random() < (0.8 if name == "reduce_all" else 0.2)) for _ in base.values]
            case(name, [base], ("bool", kept), (), attr, mlir)
        dropped = [d for n, d in enumerate(shape) if n != axis]
        for dtype, bounds in [("i8", (-3, 3)), ("i8", (-128, 127)), ("i16", (-2, 2)), ("i8", (-128, -128))]:
            case("argmax", [random(dtype, shape, *bounds)], ("i32", dropped), (), attr, mlir)
    case("reduce_product", [random("i32", shape, -9, 9)], ("i32", [3, 1, 5]), (), {"axis": 1}, {"axis": "1 : i32"})


def movements():
    for dtype in ["bool", "i8", "i16", "i32"]:
        x = random(dtype, [2, 3, 4])
        before, after = [1, 0, 2], [0, 2, 1]
        padding = [v for pair in zip(before, after) for v in pair]
        case("pad", [x, random(dtype, [1])], (dtype, [3, 5, 7]), (1,), {"before": before, "after": after},
             shapes=[(1, padding)])
        for shape in [[4, 6], [24], [1, 2, 3, 2, 2]]:
            case("reshape", [x], (dtype, shape), shapes=[(1, shape)])
        for perms in [[0, 2, 1], [2, 0, 1], [1, 2, 0], [0, 1, 2]]:
            case("transpose", [x], (dtype, [x.shape[p] for p in perms]), (), {"perms": perms},
                 {"perms": attribute(perms, "i32")})
        case("slice", [x], (dtype, [1, 2, 3]), (), {"start": [1, 0, 1]}, shapes=[(1, [1, 0, 1]), (2, [1, 2, 3])])
        for axis in range(3):
            attr, mlir = {"axis": axis}, {"axis": attribute(axis, "i32")}
            other = random(dtype, [d + (n == axis) for n, d in enumerate(x.shape)])
            total = [2 * d + other.shape[axis] if n == axis else d for n, d in enumerate(x.shape)]
            case("concat", [x, other, random(dtype, x.shape)], (dtype, total), (), attr, mlir)
            case("reverse", [x], (dtype, x.shape), (), attr, mlir)
        case("tile", [x], (dtype, [4, 3, 12]), shapes=[(1, [2, 1, 3])])
        if dtype != "bool":
            ins = [random(dtype, [2, 5, 3]), random("i32", [2, 4], 0, 4)]
            case("gather", ins, (dtype, [2, 4, 3]))
    x = random("i8", [2, 1, 3, 2, 2])
    case("transpose", [x], ("i8", [2, 2, 1, 2, 3]), (), {"perms": [4, 0, 1, 3, 2]}, {"perms": "array<i32: 4, 0, 1, 3, 2>"})


def scatters():
    for dtype in ["i8", "i16", "i32"]:
        for n, k, w, c in [(2, 5, 4, 3), (1, 3, 3, 1)]:
            indices = [row for _ in range(n) for row in rng.permutation(k)[:w]]
            ins = [random(dtype, [n, k, c]), Tensor("i32", [n, w], indices), random(dtype, [n, w, c])]
            case("scatter", ins, (dtype, [n, k, c]))


def resized(dtype, bilinear, shape, *sides):
    """`sides`: scale, offset and output length along y and x."""
    n, h, w, c = shape
    border = [(out - 1) * scale[1] - (length - 1) * scale[0] + offset
              for (scale, offset, out), length in zip(sides, (h, w))]
    scale, offset, out = [[side[i] for side in sides] for i in range(3)]
    out_dtype = {"i8": "i32", "i16": "i48"}[dtype] if bilinear else dtype
    attr = {"bilinear": bilinear, "scale": scale, "offset": offset, "border": border}
    case("resize", [random(dtype, shape)], (out_dtype, [n, *out, c]), (), attr,
         {"mode": "BILINEAR" if bilinear else "NEAREST_NEIGHBOR"},
         [(1, scale[0] + scale[1]), (2, offset), (3, border)])


def resizes():
    for dtype in ["i8", "i16"]:
        for bilinear in [False, True]:
            # Twice as many from half-pixel centres; between the corners; fewer; far outside; nearly the largest scale.
            resized(dtype, bilinear, [1, 3, 4, 2], ([4, 2], -1, 6), ([4, 2], -1, 8))
            resized(dtype, bilinear, [2, 3, 2, 3], ([6, 2], 0, 7), ([4, 1], 0, 5))
            resized(dtype, bilinear, [1, 9, 8, 1], ([1, 2], 0, 5), ([2, 5], 1, 3))
            resized(dtype, bilinear, [1, 6, 2, 2], ([2, 1], 5, 6), ([3, 1], -3, 8))
            resized(dtype, bilinear, [1, 2, 1, 1], ([1793, 7], -200, 257), ([2048, 8], 0, 3))


def volume(dtype, weight_dtype, input_shape, weight_shape, pad, stride, dilation, bias_len=None, zps=(0, 0)):
    oc, *kernel, _ = weight_shape
    out_dtype = "i48" if dtype == "i16" else "i32"
    sides = [fitted(input_shape[1 + axis], kernel[axis], stride[axis], dilation[axis], pad, axis) for axis in range(3)]
    ins = [random(dtype, input_shape), random(weight_dtype, weight_shape),
           random(out_dtype, [bias_len or oc], -(1 << 20), 1 << 20), one(dtype, zps[0]), one(weight_dtype, zps[1])]
    attr = {"pad": pad, "stride": stride, "dilation": dilation}
    mlir = {"acc_type": out_dtype, **{key: attribute(value) for key, value in attr.items()}}
    case("conv3d", ins, (out_dtype, [input_shape[0], *sides, oc]), (1, 2, 3, 4), attr, mlir)


def volumes():
    volume("i8", "i8", [1, 3, 4, 5, 2], [3, 2, 3, 2, 2], [0] * 6, [1, 1, 1], [1, 1, 1], zps=(5, 0))
    volume("i8", "i8", [2, 4, 3, 3, 1], [2, 3, 3, 3, 1], [1] * 6, [2, 1, 2], [1, 1, 1], zps=(-128, 3))
    volume("i8", "i8", [1, 5, 4, 6, 2], [2, 2, 3, 2, 2], [0, 1, 2, 1, 0, 3], [3, 2, 1], [2, 1, 3], bias_len=1, zps=(127, 0))
    volume("i8", "i4", [1, 2, 3, 3, 3], [4, 2, 2, 2, 3], [1, 0, 0, 1, 0, 0], [1, 1, 1], [1, 1, 1])
    volume("i16", "i8", [1, 3, 3, 4, 2], [2, 2, 3, 3, 2], [0, 0, 1, 1, 1, 1], [1, 1, 2], [1, 1, 1], zps=(0, -7))


def everything():
    """All cases, the same at every call of the program."""
    for part in [convolutions, matmuls, pools, rescales, binaries, unaries, tables, reductions, movements,
                 transposeds, scatters, resizes, volumes]:
        part()
    return cases


def main():
    everything()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(Case.result, cases))
    lines = []
    for done, (result, reason) in zip(cases, results):
        if result is None:
            print(f"refused: {done.name} {done.attr} {[t.type() for t in done.ins]}: {reason}", file=sys.stderr)
        else:
            lines.append(json.dumps(done.json(result), separators=(",", ":")))
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    print(f"{len(lines)} cases, {TARGET.stat().st_size} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
