"""Post-training int8 quantisation and the integer evaluation of the network.

The arithmetic follows the TOSA 1.0 specification: apply_scale_32 for RESCALE
and the fixed-point reciprocal of AVG_POOL2D.
"""

import math

import numpy as np

from floatnet import CLASSES, CONVS, forward, geometry, patches

INPUT_SCALE = 1 / 128
INPUT_ZERO_POINT = -64
# Headroom of the residual sum, in bits below the int8 least significant bit.
ADD_FRACTION_BITS = 20


def quantise_pixels(pixels):
    """Exact for whole pixel values 0..16: real value pixel/16, step 1/128."""
    return (8 * pixels.astype(np.int32) + INPUT_ZERO_POINT).astype(np.int8)


def multiplier_and_shift(factor):
    """factor ~ multiplier * 2**-shift with multiplier in [2**30, 2**31)."""
    fraction, exponent = math.frexp(factor)
    multiplier = round(fraction * 2**31)
    if multiplier == 2**31:
        multiplier //= 2
        exponent += 1
    shift = 31 - exponent
    assert 2**30 <= multiplier < 2**31 and 2 <= shift <= 62, factor
    return multiplier, shift


def rescale_table(factors):
    pairs = [multiplier_and_shift(float(f)) for f in np.atleast_1d(factors)]
    multipliers, shifts = zip(*pairs)
    return np.array(multipliers, np.int32), np.array(shifts, np.int8)


def activation_range(values):
    """Asymmetric int8 scale and zero point covering the values and zero."""
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    scale = (high - low) / 255
    return scale, int(np.clip(round(-128 - low / scale), -128, 127))


def quantise_conv(params, name, source, target):
    w, b = params[name + ".w"].astype(np.float64), params[name + ".b"]
    axes = (0, 1) if name == "depthwise" else (1, 2, 3)
    w_scale = np.maximum(np.abs(w).max(axes), 1e-6) / 127
    spread = w_scale if name == "depthwise" else w_scale[:, None, None, None]
    in_scale, in_zp = source
    out_scale, out_zp = target
    bias = np.round(b / (in_scale * w_scale)).astype(np.int64)
    assert np.abs(bias).max() < 2**31
    multiplier, shift = rescale_table(in_scale * w_scale / out_scale)
    return dict(
        w=np.clip(np.round(w / spread), -127, 127).astype(np.int8),
        b=bias.astype(np.int32),
        multiplier=multiplier,
        shift=shift,
        in_zp=in_zp,
        out_zp=out_zp,
    )


def quantise_add(left, right, target):
    """Both inputs go to a common int32 scale, twice the coarser one / 2**20."""
    common = 2 * max(left[0], right[0])
    one = 2**ADD_FRACTION_BITS

    def part(factor, in_zp, out_zp):
        multiplier, shift = rescale_table(factor)
        return dict(multiplier=multiplier, shift=shift, in_zp=in_zp, out_zp=out_zp)

    return dict(
        left=part(left[0] / common * one, left[1], 0),
        right=part(right[0] / common * one, right[1], 0),
        out=part(common / (one * target[0]), 0, target[1]),
    )


def quantise(params, calibration_images):
    acts = forward(params, calibration_images)
    names = ("stem", "depthwise", "pointwise", "residual", "down", "dense")
    ranges = {name: activation_range(acts[name]) for name in names}
    ranges["image"] = (INPUT_SCALE, INPUT_ZERO_POINT)
    sources = dict(
        stem="image",
        depthwise="stem",
        pointwise="depthwise",
        down="residual",
        dense="down",
    )
    net = {
        name: quantise_conv(params, name, ranges[sources[name]], ranges[name])
        for name in CONVS
    }
    net["add"] = quantise_add(ranges["stem"], ranges["pointwise"], ranges["residual"])
    net["pool_zp"] = ranges["down"][1]
    return net, ranges


def apply_scale(value, multiplier, shift, double_round):
    value, multiplier, shift = (np.asarray(a, np.int64) for a in (value, multiplier, shift))
    limit = np.int64(1) << (shift - 1)
    assert np.all(value >= -limit) and np.all(value < limit)
    rounding = limit
    if double_round:
        extra = np.where(value >= 0, 1 << 30, -(1 << 30))
        rounding = rounding + np.where(shift > 31, extra, 0)
    return (value * multiplier + rounding) >> shift


def rescale(value, table, out_bits):
    scaled = apply_scale(
        value.astype(np.int64) - table["in_zp"], table["multiplier"], table["shift"], True
    )
    half = 1 << (out_bits - 1)
    return np.clip(scaled + table["out_zp"], -half, half - 1)


def conv_int(net, name, x):
    layer = net[name]
    cols = patches(x.astype(np.int64) - layer["in_zp"], *geometry(name))
    w = layer["w"].astype(np.int64)
    if name == "depthwise":
        acc = np.einsum("nyxijc,ijc->nyxc", cols, w)
    else:
        acc = cols.reshape(*cols.shape[:3], -1) @ w.reshape(len(w), -1).T
    acc = acc + layer["b"]
    # Zero points of accumulators are zero: `in_zp` belongs to the convolution.
    return rescale(acc, {**layer, "in_zp": 0}, 8)


def average_pool(x, zero_point):
    count = x.shape[1] * x.shape[2]
    total = (x - zero_point).sum((1, 2), keepdims=True)
    bits = (count - 1).bit_length()
    multiplier = (((1 << 30) + 1) << bits) // count
    mean = apply_scale(total, multiplier, 30 + bits, False)
    return np.clip(mean + zero_point, -128, 127)


def evaluate(net, images):
    """int8 [N,8,8,1] -> int8 [N,10], bit-exact with the TOSA program.

    The program's CLAMP to [-128, 127] is the int8 saturation of `rescale`: a
    ReLU output has zero point -128, so saturation is the ReLU.
    """
    stem = conv_int(net, "stem", images)
    branch = conv_int(net, "pointwise", conv_int(net, "depthwise", stem))
    add = net["add"]
    total = rescale(stem, add["left"], 32) + rescale(branch, add["right"], 32)
    down = conv_int(net, "down", rescale(total, add["out"], 8))
    logits = conv_int(net, "dense", average_pool(down, net["pool_zp"]))
    return logits.reshape(len(images), CLASSES).astype(np.int8)
