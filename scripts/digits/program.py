"""Writes the network as TOSA MLIR text, serialises it and runs it."""

import subprocess
import tempfile
from pathlib import Path

import numpy as np

from floatnet import CLASSES, CONVS, WIDE_CHANNELS

BATCH = 4
IMAGE_SHAPE = (BATCH, 8, 8, 1)
INPUT_NAME = "TosaInput_0"
OUTPUT_NAME = "TosaOutput_0"


def tensor(shape, dtype):
    return f"tensor<{'x'.join(map(str, shape))}x{dtype}>"


class Writer:
    """Emits one SSA value per line; values are (name, shape, dtype)."""

    def __init__(self):
        self.lines = []

    def emit(self, text, result_type):
        name = f"%{len(self.lines)}"
        # Without it the serialiser records the source file's path in the program.
        self.lines.append(f"    {name} = {text} : {result_type} loc(unknown)")
        return name

    def const(self, array):
        dtype = {"int8": "i8", "int32": "i32"}[array.dtype.name]
        kind = tensor(array.shape, dtype)
        name = self.emit(
            f'"tosa.const"() <{{values = dense<{array.tolist()}> : {kind}}}>',
            f"() -> {kind}",
        )
        return name, array.shape, dtype

    def scalar(self, value, dtype):
        return self.const(np.array([value], {"i8": np.int8, "i32": np.int32}[dtype]))

    def op(self, name, inputs, shape, dtype, attributes=""):
        operands = ", ".join(value[0] for value in inputs)
        kinds = ", ".join(tensor(value[1], value[2]) for value in inputs)
        result = self.emit(
            f"tosa.{name} {operands}{attributes}",
            f"({kinds}) -> {tensor(shape, dtype)}",
        )
        return result, shape, dtype

    def rescale(self, x, table, in_zp, dtype):
        inputs = [
            x,
            self.const(table["multiplier"]),
            self.const(table["shift"]),
            self.scalar(in_zp, x[2]),
            self.scalar(table["out_zp"], dtype),
        ]
        per_channel = "true" if len(table["multiplier"]) > 1 else "false"
        attributes = (
            " {input_unsigned = false, output_unsigned = false, "
            f"per_channel = {per_channel}, rounding_mode = DOUBLE_ROUND, scale32 = true}}"
        )
        return self.op("rescale", inputs, x[1], dtype, attributes)

    def relu(self, x):
        kind = tensor(x[1], x[2])
        name = self.emit(
            f"tosa.clamp {x[0]} {{max_val = 127 : i8, min_val = -128 : i8}}",
            f"({kind}) -> {kind}",
        )
        return name, x[1], x[2]

    def conv(self, net, name, x):
        layer, spec = net[name], CONVS[name]
        depthwise = name == "depthwise"
        weights = layer["w"][..., None] if depthwise else layer["w"]
        before, after = spec["pad"]
        size = (x[1][1] - 1 + before + after - (spec["kernel"] - 1)) // spec["stride"] + 1
        inputs = [
            x,
            self.const(weights),
            self.const(layer["b"]),
            self.scalar(layer["in_zp"], "i8"),
            self.scalar(0, "i8"),
        ]
        attributes = (
            " {acc_type = i32, dilation = array<i64: 1, 1>, "
            f"pad = array<i64: {before}, {after}, {before}, {after}>, "
            f"stride = array<i64: {spec['stride']}, {spec['stride']}>}}"
        )
        shape = (BATCH, size, size, len(layer["b"]))
        opcode = "depthwise_conv2d" if depthwise else "conv2d"
        acc = self.op(opcode, inputs, shape, "i32", attributes)
        return self.rescale(acc, layer, 0, "i8")

    def residual(self, add, left, right):
        parts = [
            self.rescale(value, add[side], add[side]["in_zp"], "i32")
            for side, value in (("left", left), ("right", right))
        ]
        total = self.op("add", parts, left[1], "i32")
        return self.rescale(total, add["out"], 0, "i8")

    def average_pool(self, x, zero_point):
        size = x[1][1]
        inputs = [x, self.scalar(zero_point, "i8"), self.scalar(zero_point, "i8")]
        attributes = (
            f" {{acc_type = i32, kernel = array<i64: {size}, {size}>, "
            "pad = array<i64: 0, 0, 0, 0>, "
            f"stride = array<i64: {size}, {size}>}}"
        )
        return self.op("avg_pool2d", inputs, (BATCH, 1, 1, WIDE_CHANNELS), "i8", attributes)

    def flatten(self, x):
        shape = (BATCH, CLASSES)
        dims = self.emit(
            f"tosa.const_shape {{values = dense<{list(shape)}> : tensor<2xindex>}}",
            "() -> !tosa.shape<2>",
        )
        result = tensor(shape, "i8")
        name = self.emit(
            f"tosa.reshape {x[0]}, {dims}",
            f"({tensor(x[1], 'i8')}, !tosa.shape<2>) -> {result}",
        )
        return name, shape, "i8"


def mlir(net):
    out = Writer()
    image = ("%arg0", IMAGE_SHAPE, "i8")
    stem = out.relu(out.conv(net, "stem", image))
    depthwise = out.relu(out.conv(net, "depthwise", stem))
    pointwise = out.conv(net, "pointwise", depthwise)
    residual = out.relu(out.residual(net["add"], stem, pointwise))
    down = out.relu(out.conv(net, "down", residual))
    pool = out.average_pool(down, net["pool_zp"])
    logits = out.flatten(out.conv(net, "dense", pool))
    kind = tensor(logits[1], logits[2])
    head = f"  func.func @main(%arg0: {tensor(IMAGE_SHAPE, 'i8')}) -> {kind} {{"
    body = "\n".join(out.lines)
    return f"module {{\n{head}\n{body}\n    return {logits[0]} : {kind}\n  }}\n}}\n"


def run_tool(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def serialise(text):
    """MLIR text -> flatbuffer bytes, validated as PRO-INT plus EXT-DOUBLEROUND, level 8K."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "m.mlir"), Path(folder, "m.tosa")
        source.write_text(text)
        run_tool(
            [
                "tosa-opt",
                str(source),
                "--tosa-attach-target=specification_version=1.0 "
                "profiles=pro_int extensions=doubleround level=8k",
                "--tosa-validate=strict-op-spec-alignment",
                "-o",
                "/dev/null",
            ]
        )
        run_tool(
            [
                "tosa-opt",
                str(source),
                f"--tosa-serialize=tosa-flatbuffer-filename={target}",
                "-o",
                "/dev/null",
            ]
        )
        return target.read_bytes()


def run_reference(program, images):
    """Runs tosa_reference_model on a whole number of batches."""
    assert len(images) % BATCH == 0
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for start in range(0, len(images), BATCH):
            np.save(Path(folder, "in.npy"), images[start : start + BATCH])
            run_tool(
                [
                    "tosa_reference_model",
                    "--tosa_level=EIGHTK",
                    f"--tosa_file={program.resolve()}",
                    f"--flatbuffer_dir={folder}",
                    f"--output_dir={folder}",
                    f"--ifm_name={INPUT_NAME}",
                    "--ifm_file=in.npy",
                    f"--ofm_name={OUTPUT_NAME}",
                    "--ofm_file=out.npy",
                ]
            )
            results.append(np.load(Path(folder, "out.npy")))
    return np.concatenate(results)
