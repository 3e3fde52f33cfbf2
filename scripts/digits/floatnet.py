"""The digit network in float32: forward, hand-written backward, Adam."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

CHANNELS = 16
WIDE_CHANNELS = 32
CLASSES = 10

# Padding is (before, after), the same for both axes.
CONVS = {
    "stem": dict(kernel=3, stride=1, pad=(1, 1), shape=(CHANNELS, 3, 3, 1)),
    "depthwise": dict(kernel=3, stride=1, pad=(1, 1), shape=(3, 3, CHANNELS)),
    "pointwise": dict(kernel=1, stride=1, pad=(0, 0), shape=(CHANNELS, 1, 1, CHANNELS)),
    "down": dict(kernel=3, stride=2, pad=(0, 1), shape=(WIDE_CHANNELS, 3, 3, CHANNELS)),
    "dense": dict(kernel=1, stride=1, pad=(0, 0), shape=(CLASSES, 1, 1, WIDE_CHANNELS)),
}


def patches(x, kernel, stride, pad):
    """NHWC image -> [N, OH, OW, kernel, kernel, C] windows, zero padded."""
    padded = np.pad(x, ((0, 0), pad, pad, (0, 0)))
    windows = sliding_window_view(padded, (kernel, kernel), axis=(1, 2))
    return windows[:, ::stride, ::stride].transpose(0, 1, 2, 4, 5, 3)


def unpatch(grad, shape, kernel, stride, pad):
    """Adjoint of `patches`."""
    n, h, w, c = shape
    total = sum(pad)
    padded = np.zeros((n, h + total, w + total, c), grad.dtype)
    oh, ow = grad.shape[1:3]
    for y in range(kernel):
        for x in range(kernel):
            padded[:, y : y + stride * oh : stride, x : x + stride * ow : stride] += (
                grad[:, :, :, y, x]
            )
    return padded[:, pad[0] : pad[0] + h, pad[0] : pad[0] + w]


def geometry(name):
    layer = CONVS[name]
    return layer["kernel"], layer["stride"], layer["pad"]


def initial_params(rng):
    params = {}
    for name, layer in CONVS.items():
        shape = layer["shape"]
        fan_in = 9 if name == "depthwise" else np.prod(shape[1:])
        params[name + ".w"] = (
            rng.standard_normal(shape) * np.sqrt(2.0 / fan_in)
        ).astype(np.float32)
        channels = shape[-1] if name == "depthwise" else shape[0]
        params[name + ".b"] = np.zeros(channels, np.float32)
    return params


def conv(params, name, x):
    w, b = params[name + ".w"], params[name + ".b"]
    cols = patches(x, *geometry(name))
    if name == "depthwise":
        return np.einsum("nyxijc,ijc->nyxc", cols, w) + b, cols
    flat = cols.reshape(*cols.shape[:3], -1)
    return flat @ w.reshape(len(w), -1).T + b, flat


def conv_grad(params, name, x_shape, cols, grad, grads, need_input=True):
    """Stores the weight gradients in `grads`, returns the input gradient."""
    w = params[name + ".w"]
    grads[name + ".b"] = grad.sum((0, 1, 2))
    if name == "depthwise":
        grads[name + ".w"] = np.einsum("nyxijc,nyxc->ijc", cols, grad)
        back = grad[:, :, :, None, None, :] * w
    else:
        rows = grad.reshape(-1, len(w))
        grads[name + ".w"] = (rows.T @ cols.reshape(len(rows), -1)).reshape(w.shape)
        if not need_input:
            return None
        back = (rows @ w.reshape(len(w), -1)).reshape(*grad.shape[:3], *w.shape[1:])
    return unpatch(back, x_shape, *geometry(name))


def forward(params, image):
    """Returns every activation; `cols.*` are kept for the backward pass."""
    acts = {"image": image}
    stem, acts["cols.stem"] = conv(params, "stem", image)
    acts["stem"] = np.maximum(stem, 0)
    dw, acts["cols.depthwise"] = conv(params, "depthwise", acts["stem"])
    acts["depthwise"] = np.maximum(dw, 0)
    acts["pointwise"], acts["cols.pointwise"] = conv(
        params, "pointwise", acts["depthwise"]
    )
    acts["residual"] = np.maximum(acts["stem"] + acts["pointwise"], 0)
    down, acts["cols.down"] = conv(params, "down", acts["residual"])
    acts["down"] = np.maximum(down, 0)
    acts["pool"] = acts["down"].mean((1, 2), keepdims=True)
    dense, acts["cols.dense"] = conv(params, "dense", acts["pool"])
    acts["dense"] = dense
    acts["logits"] = dense.reshape(len(image), CLASSES)
    return acts


def backward(params, acts, grad_logits):
    grads = {}

    def through(name, source, grad, **kwargs):
        cols = acts["cols." + name]
        return conv_grad(params, name, acts[source].shape, cols, grad, grads, **kwargs)

    grad = through("dense", "pool", grad_logits[:, None, None, :])
    pixels = acts["down"].shape[1] * acts["down"].shape[2]
    grad = through("down", "residual", (grad / pixels) * (acts["down"] > 0))
    grad_sum = grad * (acts["residual"] > 0)
    grad = through("pointwise", "depthwise", grad_sum)
    grad = through("depthwise", "stem", grad * (acts["depthwise"] > 0))
    grad = (grad + grad_sum) * (acts["stem"] > 0)
    through("stem", "image", grad, need_input=False)
    return grads


def cross_entropy_grad(logits, labels):
    p = np.exp(logits - logits.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    return p / len(labels)


def shifted(images, rng):
    """Each image moved by -1, 0 or 1 pixel along both axes, zero filled."""
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)))
    windows = sliding_window_view(padded, images.shape[1:3], axis=(1, 2))
    dy, dx = rng.integers(0, 3, (2, len(images)))
    return windows[np.arange(len(images)), dy, dx].transpose(0, 2, 3, 1)


def adam_step(params, grads, moments, step, rate, decay):
    for key, grad in grads.items():
        m, v = moments[key]
        m += 0.1 * (grad - m)
        v += 0.001 * (grad * grad - v)
        update = (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
        if key.endswith(".w"):
            update = update + decay * params[key]
        params[key] -= np.float32(rate) * update.astype(np.float32)


def train(images, labels, seed, epochs, batch=32, peak_rate=4e-3, decay=0.01):
    rng = np.random.default_rng(seed)
    params = initial_params(rng)
    moments = {k: (np.zeros_like(p), np.zeros_like(p)) for k, p in params.items()}
    steps = epochs * (len(images) // batch)
    step = 0
    for _ in range(epochs):
        order = rng.permutation(len(images))
        for start in range(0, len(images) - batch + 1, batch):
            pick = order[start : start + batch]
            acts = forward(params, shifted(images[pick], rng))
            grads = backward(
                params, acts, cross_entropy_grad(acts["logits"], labels[pick])
            )
            rate = peak_rate * 0.5 * (1 + np.cos(np.pi * step / steps))
            step += 1
            adam_step(params, grads, moments, step, rate, decay)
    return params
