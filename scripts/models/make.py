#!/usr/bin/env python3
"""Makes quantised networks with random weights, to try imports and speed on.

    pip install tensorflow-cpu==2.21.0
    scripts/models/make.py FOLDER [NAME...]

Without names, all but `wide`, which takes minutes. Ranges of the activations are measured on noise.
"""

import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"

import numpy as np
import tensorflow as tf
from tensorflow.keras import layers

SEED = 1
# Inputs on which ranges are measured.
SAMPLES = 16


def dense(sizes):
    shape, *sizes = sizes
    net = [layers.Input([shape])]
    for size in sizes[:-1]:
        net += [layers.Dense(size), layers.BatchNormalization(), layers.ReLU()]
    return tf.keras.Sequential([*net, layers.Dense(sizes[-1])])


def autoencoder():
    """Sound in, sound out: the fully connected layers of a machine listener."""
    return dense([640, 128, 128, 128, 128, 8, 128, 128, 128, 128, 640])


def mobilenet():
    """MobileNetV2 on 224 × 224: 300 M MAC."""
    net = tf.keras.applications.MobileNetV2(weights=None, classifier_activation=None)
    # As trained networks have them, else each layer gives less than the one before.
    random = np.random.default_rng(SEED)
    for layer in net.layers:
        if isinstance(layer, layers.BatchNormalization):
            gamma, beta, mean, variance = layer.get_weights()
            size = gamma.shape
            layer.set_weights([random.uniform(0.8, 1.6, size), random.normal(0, 0.2, size), mean, variance * 0.3])
    return net


def attention():
    """One head over 16 places of 32 channels, between two dense layers."""
    x = layers.Input([16, 32])
    query, key, value = (layers.Dense(32)(x) for _ in range(3))
    weights = layers.Softmax()(layers.Lambda(lambda qk: tf.matmul(*qk, transpose_b=True) * 0.25)([query, key]))
    mixed = layers.Lambda(lambda wv: tf.matmul(*wv))([weights, value])
    y = layers.Dense(32)(layers.Add()([x, layers.Dense(32)(mixed)]))
    return tf.keras.Model(x, y)


def convolutions():
    """A small classifier of 32 × 32 × 3 that flattens."""
    net = [layers.Input([32, 32, 3])]
    for channels in [16, 32]:
        net += [layers.Conv2D(channels, 3, 2, "same"), layers.BatchNormalization(), layers.ReLU()]
    return tf.keras.Sequential([*net, layers.Flatten(), layers.Dense(10), layers.Softmax()])


def segmenter():
    """What each of 64 × 64 pixels shows: down, and up again by a transposed convolution and by resizing."""
    block = lambda x, channels, stride=1: layers.ReLU()(
        layers.BatchNormalization()(layers.Conv2D(channels, 3, stride, "same")(x))
    )
    x = layers.Input([64, 64, 3])
    half = block(x, 16, 2)
    quarter = block(half, 32, 2)
    up = layers.Conv2DTranspose(16, 3, 2, "same")(block(quarter, 32))
    both = block(layers.Concatenate()([half, up]), 16)
    whole = layers.UpSampling2D(2, interpolation="bilinear")(both)
    return tf.keras.Model(x, layers.Conv2D(4, 1)(block(whole, 8)))


def wide():
    """100 MB of weights."""
    return dense([4096] + 6 * [4096])


# Each network's maker, and whether its activations are of 16 bits.
NETS = {
    "autoencoder": (autoencoder, False),
    "mobilenet": (mobilenet, False),
    "attention": (attention, False),
    "convolutions": (convolutions, False),
    "segmenter": (segmenter, False),
    "convolutions16": (convolutions, True),
    "wide": (wide, False),
}


def quantised(net, wide):
    random = np.random.default_rng(SEED)
    shape = [1, *net.inputs[0].shape[1:]]
    converter = tf.lite.TFLiteConverter.from_keras_model(net)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([random.normal(0, 1, shape).astype(np.float32)] for _ in range(SAMPLES))
    ops = tf.lite.OpsSet
    kind, element = (
        (ops.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8, tf.int16) if wide
        else (ops.TFLITE_BUILTINS_INT8, tf.int8)
    )
    converter.target_spec.supported_ops = [kind]
    converter.inference_input_type = converter.inference_output_type = element
    return converter.convert()


def main():
    folder, *names = sys.argv[1:]
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name in names or [name for name in NETS if name != "wide"]:
        tf.keras.utils.set_random_seed(SEED)
        make, sixteen = NETS[name]
        file = Path(folder) / f"{name}.tflite"
        file.write_bytes(quantised(make(), sixteen))
        print(f"{file}: {file.stat().st_size} bytes")


main()
