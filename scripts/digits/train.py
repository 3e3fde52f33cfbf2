"""Trains, quantises and writes the digit classifier; `--check` verifies it."""

import argparse
import hashlib
import json
import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

# One thread: the order of float additions, and so the result, stays fixed.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

import floatnet
import intnet
import program

OUTPUT = Path(__file__).resolve().parents[2] / "packages/models/digits"
FILES = (
    "digits.tosa",
    "digits.json",
    "test_inputs.npy",
    "test_labels.npy",
    "expected_outputs.npy",
)
TEST_IMAGES = 360
SPLIT_SEED = 2026
TRAIN_SEED = 7
EPOCHS = 200
PEAK_RATE = 1e-2
REQUIRED_ACCURACY = 0.96


def load_split():
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    digits = load_digits()
    return train_test_split(
        digits.images[..., None],
        digits.target,
        test_size=TEST_IMAGES,
        stratify=digits.target,
        random_state=SPLIT_SEED,
    )


def as_float(pixels):
    return (pixels / 16).astype(np.float32)


def correct(logits, labels):
    return int((logits.argmax(1) == labels).sum())


def sidecar(ranges):
    def described(name, shape, scale, zero_point):
        return dict(
            name=name,
            shape=list(shape),
            dtype="int8",
            scale=scale,
            zero_point=zero_point,
        )

    return dict(
        name="digits",
        input=described(program.INPUT_NAME, program.IMAGE_SHAPE, *ranges["image"]),
        output=described(
            program.OUTPUT_NAME, (program.BATCH, floatnet.CLASSES), *ranges["dense"]
        ),
        labels=[str(digit) for digit in range(floatnet.CLASSES)],
    )


def save_npy(path, array):
    with open(path, "wb") as file:
        np.lib.format.write_array(file, np.ascontiguousarray(array), version=(1, 0))


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def confusions(logits, labels):
    pairs = {}
    for truth, guess in zip(labels, logits.argmax(1)):
        if truth != guess:
            pairs[int(truth), int(guess)] = pairs.get((int(truth), int(guess)), 0) + 1
    return ", ".join(f"{t} read as {g}: {n}" for (t, g), n in sorted(pairs.items()))


def score(hits):
    return f"{hits}/{TEST_IMAGES} ({hits / TEST_IMAGES:.2%})"


def provenance(float_hits, int_hits, train_hits, train_count, mistakes):
    rows = "\n".join(
        f"| `{name}` | {(OUTPUT / name).stat().st_size} | `{sha256(OUTPUT / name)}` |"
        for name in FILES
    )
    versions = ", ".join(
        f"{package} {version(package)}"
        for package in ("numpy", "scikit-learn", "tosa-tools")
    )
    return f"""# Digit classifier

An int8 convolutional network that reads 8x8 images of handwritten digits, as a
TOSA program with a static batch of {program.BATCH}. It uses the PRO-INT profile and the
EXT-DOUBLEROUND extension (`rounding_mode = DOUBLE_ROUND`), and no floats.

## Regenerating and checking

    pip install -r scripts/digits/requirements.txt
    python scripts/digits/train.py
    python scripts/digits/train.py --check

Written with Python {platform.python_version()},
{versions}.
Every seed is fixed (split {SPLIT_SEED}, training {TRAIN_SEED}) and the same machine writes the same
bytes. Training runs in float32, so a processor that orders additions differently may arrive at
slightly different weights; `--check` needs no training.

## Network

| layer | weights | output |
|---|---|---|
| conv2d 3x3, ReLU | 16x3x3x1 | 4x8x8x16 |
| depthwise_conv2d 3x3, ReLU | 3x3x16x1 | 4x8x8x16 |
| conv2d 1x1 | 16x1x1x16 | 4x8x8x16 |
| add to the first activation, ReLU | | 4x8x8x16 |
| conv2d 3x3 stride 2, ReLU | 32x3x3x16 | 4x4x4x32 |
| avg_pool2d 4x4 | | 4x1x1x32 |
| conv2d 1x1 (dense) | 10x1x1x32 | 4x10 |

Weights are int8, symmetric per output channel; activations int8, asymmetric;
biases int32; every RESCALE is scale32. The input is `8 * pixel - 64` for pixel
values 0..16, which is exact. ReLU outputs have zero point -128, so each CLAMP
spans the whole int8 range. Activation ranges come from the training images.

## Data

`load_digits` of scikit-learn (BSD-3-Clause): 1797 images, a copy of the test
set of *Optical Recognition of Handwritten Digits* (E. Alpaydin and C. Kaynak,
UCI Machine Learning Repository, https://archive.ics.uci.edu/dataset/80), licensed
CC BY 4.0. `test_inputs.npy` and `test_labels.npy` are {TEST_IMAGES} of these images,
quantised, in a stratified random split; the other {train_count} trained the network,
shifted at random by up to one pixel. The data set does not say who wrote which
image, so the same writers may occur on both sides of the split.

## Accuracy

On the {TEST_IMAGES} images not trained on:

- float32: {score(float_hits)}
- int8: {score(int_hits)}

int8 mistakes: {mistakes}.

On the training images the int8 network is right on {train_hits}/{train_count}. The number of
epochs and the learning rate were chosen on a part of the training images.

`expected_outputs.npy` comes from an integer evaluation in numpy that equals
tosa_reference_model bit for bit on all {TEST_IMAGES // program.BATCH} batches.

## Files

| file | bytes | SHA-256 |
|---|---|---|
{rows}

`digits.plan.json` is not of the script: `tequio program plan digits.tosa --inputs test_inputs.npy` writes it, and a test of the CLI keeps it so.
"""


def build():
    train_pixels, test_pixels, train_labels, test_labels = load_split()
    params = floatnet.train(
        as_float(train_pixels), train_labels, TRAIN_SEED, EPOCHS, peak_rate=PEAK_RATE
    )
    float_logits = floatnet.forward(params, as_float(test_pixels))["logits"]
    net, ranges = intnet.quantise(params, as_float(train_pixels))
    inputs = intnet.quantise_pixels(test_pixels)
    outputs = intnet.evaluate(net, inputs)
    train_outputs = intnet.evaluate(net, intnet.quantise_pixels(train_pixels))
    int_hits = correct(outputs, test_labels)
    if int_hits < REQUIRED_ACCURACY * TEST_IMAGES:
        raise SystemExit(f"int8 accuracy too low: {score(int_hits)}")

    text = program.mlir(net)
    flatbuffer = program.serialise(text)
    if flatbuffer != program.serialise(text):
        raise SystemExit("serialisation is not deterministic")

    OUTPUT.mkdir(parents=True, exist_ok=True)
    (OUTPUT / "digits.tosa").write_bytes(flatbuffer)
    (OUTPUT / "digits.json").write_text(json.dumps(sidecar(ranges), indent=2) + "\n")
    save_npy(OUTPUT / "test_inputs.npy", inputs)
    save_npy(OUTPUT / "test_labels.npy", test_labels.astype(np.uint8))
    save_npy(OUTPUT / "expected_outputs.npy", outputs)
    if not np.array_equal(program.run_reference(OUTPUT / "digits.tosa", inputs), outputs):
        raise SystemExit("integer evaluation differs from tosa_reference_model")

    (OUTPUT / "PROVENANCE.md").write_text(
        provenance(
            correct(float_logits, test_labels),
            int_hits,
            correct(train_outputs, train_labels),
            len(train_labels),
            confusions(outputs, test_labels) or "none",
        )
    )


def check():
    text = (OUTPUT / "PROVENANCE.md").read_text()
    recorded = dict(re.findall(r"^\| `(\S+)` \| \d+ \| `([0-9a-f]{64})` \|$", text, re.M))
    actual = {name: sha256(OUTPUT / name) for name in FILES}
    if recorded != actual:
        raise SystemExit("files do not match the SHA-256s in PROVENANCE.md")

    inputs, labels, expected = (
        np.load(OUTPUT / name)
        for name in ("test_inputs.npy", "test_labels.npy", "expected_outputs.npy")
    )
    outputs = program.run_reference(OUTPUT / "digits.tosa", inputs)
    if not np.array_equal(outputs, expected):
        raise SystemExit("tosa_reference_model differs from expected_outputs.npy")
    hits = correct(outputs, labels)
    if f"- int8: {score(hits)}" not in text or hits < REQUIRED_ACCURACY * TEST_IMAGES:
        raise SystemExit(f"unexpected accuracy: {score(hits)}")


def report():
    text = (OUTPUT / "PROVENANCE.md").read_text()
    print("\n".join(re.findall(r"^- (?:float32|int8): .*$", text, re.M)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="verify the committed files, train nothing"
    )
    if not parser.parse_args().check:
        build()
    check()
    report()


if __name__ == "__main__":
    main()
