#!/usr/bin/env python3
"""Inputs that look like pictures, for a program that has one int8 input of images.

    scripts/models/inputs.py TEQUIO PROGRAM ITEMS OUT.npy

Waves of a few low frequencies, with another contrast and brightness in each image, and a little noise: neighbours are
alike, images are not.
"""

import json
import subprocess
import sys

import numpy as np

SEED = 1
WAVES = 6


def shape_of(tequio, program):
    shown = subprocess.run([tequio, "--json", "program", "show", program], check=True, capture_output=True, text=True)
    tensor = next(row for row in json.loads(shown.stdout)["tensors"] if row["op"] == "input")
    *dims, dtype = tensor["ty"].split("x")
    if dtype != "int8" or len(dims) != 4:
        sys.exit(f"{program}: no int8 images, but {tensor['ty']}")
    return [int(dim) for dim in dims[1:]]


def image(random, height, width, channels):
    y, x = np.mgrid[0:height, 0:width]
    values = np.zeros((height, width, channels))
    for wave in range(WAVES):
        down, across = random.normal(0, 3, 2) / (height, width)
        phase = random.uniform(0, 2 * np.pi)
        heights = np.cos(2 * np.pi * (down * y + across * x) + phase) / (1 + wave / 2)
        values += heights[..., None] * random.normal(0, 1, channels)
    values *= random.uniform(20, 60) / values.std()
    values += random.normal(0, 30) + random.normal(0, 4, values.shape)
    return np.clip(values, -128, 127).astype(np.int8)


def main():
    tequio, program, items, out = sys.argv[1:]
    random = np.random.default_rng(SEED)
    shape = shape_of(tequio, program)
    np.save(out, np.stack([image(random, *shape) for _ in range(int(items))]))


main()
