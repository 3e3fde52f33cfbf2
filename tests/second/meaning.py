"""One output element of every op, from section 7 of docs/attestation.md."""

from math import prod

BITS = {"bool": 1, "int4": 4, "int8": 8, "int16": 16, "int32": 32, "int48": 48}
WIDTH = {"bool": 1, "int4": 1, "int8": 1, "int16": 2, "int32": 4, "int48": 6}


def signed(value, bits):
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def wrap(dtype, value):
    return value & 1 if dtype == "bool" else signed(value, BITS[dtype])


def unsigned(dtype, value):
    return value & ((1 << BITS[dtype]) - 1)


def w64(value):
    return signed(value, 64)


def clip(value, low, high):
    return min(max(value, low), high)


def span(dtype):
    bits = BITS[dtype]
    return (0, 1) if dtype == "bool" else (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)


def coords(shape, index):
    at = []
    for length in reversed(shape):
        at.append(index % length)
        index //= length
    return at[::-1]


def flat(shape, at):
    index = 0
    for length, position in zip(shape, at, strict=True):
        index = index * length + position
    return index


def taps(out, stride, before, dilation, kernel, length):
    for tap in range(kernel):
        at = out * stride - before + tap * dilation
        if 0 <= at < length:
            yield tap, at


def scale32(value, multiplier, shift, double):
    value, shift = signed(value, 32), clip(shift, 2, 62)
    rounding = 1 << (shift - 1)
    if double and shift > 31:
        rounding += (1 << 30) if value >= 0 else -(1 << 30)
    return signed(w64(value * multiplier + rounding) >> shift, 32)


def scale16(value, multiplier, shift):
    value, shift = signed(value, 48), clip(shift, 2, 62)
    return signed(w64(value * multiplier + (1 << (shift - 1))) >> shift, 32)


class Site:
    """Where an element is computed. `read(operand, index)` gives operands' elements."""

    def __init__(self, op, attributes, types, out, index, read):
        self.op, self.attributes, self.types, self.out = op, attributes, types, out
        self.index, self.read = index, read
        self.at = coords(out[1], index)

    def dtype(self, operand):
        return self.types[operand][0]

    def shape(self, operand):
        return self.types[operand][1]

    def own(self, operand):
        shape = self.shape(operand)
        at = [0 if length == 1 else position for length, position in zip(shape, self.at, strict=True)]
        return self.read(operand, flat(shape, at))

    def place(self, operand, at):
        return self.read(operand, flat(self.shape(operand), at))


def evaluate(op, attributes, types, out, index, read):
    site = Site(op, attributes, types, out, index, read)
    return wrap(out[0], OPS[op](site, **attributes))


def conv2d(s, pad, stride, dilation):
    n, oy, ox, c = s.at
    _, height, width, channels = s.shape(0)
    _, kernel_y, kernel_x, _ = s.shape(1)
    zx, zw = s.read(3, 0), s.read(4, 0)
    acc = s.read(2, 0 if prod(s.shape(2)) == 1 else c)
    for ky, y in taps(oy, stride[0], pad[0], dilation[0], kernel_y, height):
        for kx, x in taps(ox, stride[1], pad[2], dilation[1], kernel_x, width):
            for i in range(channels):
                a = s.place(0, [n, y, x, i])
                acc += (a - zx) * (s.place(1, [c, ky, kx, i]) - zw)
    return acc


def conv3d(s, pad, stride, dilation):
    n, *pixel, c = s.at
    zx, zw = s.read(3, 0), s.read(4, 0)
    acc = s.read(2, 0 if prod(s.shape(2)) == 1 else c)

    def along(axis):
        kernel, length = s.shape(1)[1 + axis], s.shape(0)[1 + axis]
        return taps(pixel[axis], stride[axis], pad[2 * axis], dilation[axis], kernel, length)

    for kz, z in along(0):
        for ky, y in along(1):
            for kx, x in along(2):
                for i in range(s.shape(0)[4]):
                    a = s.place(0, [n, z, y, x, i])
                    acc += (a - zx) * (s.place(1, [c, kz, ky, kx, i]) - zw)
    return acc


def depthwise_conv2d(s, pad, stride, dilation):
    n, oy, ox, oc = s.at
    _, height, width, _ = s.shape(0)
    kernel_y, kernel_x, _, multiplier = s.shape(1)
    c, m = divmod(oc, multiplier)
    zx, zw = s.read(3, 0), s.read(4, 0)
    acc = s.read(2, 0 if prod(s.shape(2)) == 1 else oc)
    for ky, y in taps(oy, stride[0], pad[0], dilation[0], kernel_y, height):
        for kx, x in taps(ox, stride[1], pad[2], dilation[1], kernel_x, width):
            a = s.place(0, [n, y, x, c])
            acc += (a - zx) * (s.place(1, [ky, kx, c, m]) - zw)
    return acc


def transpose_conv2d(s, out_pad, stride):
    n, oy, ox, c = s.at
    _, height, width, channels = s.shape(0)
    _, kernel_y, kernel_x, _ = s.shape(1)
    zx, zw = s.read(3, 0), s.read(4, 0)
    acc = s.read(2, 0 if prod(s.shape(2)) == 1 else c)

    def met(at, step, kernel, length):
        for tap in range(kernel):
            y, rest = divmod(at - tap, step)
            if rest == 0 and 0 <= y < length:
                yield tap, y

    for ky, y in met(oy - out_pad[0], stride[0], kernel_y, height):
        for kx, x in met(ox - out_pad[2], stride[1], kernel_x, width):
            for i in range(channels):
                a = s.place(0, [n, y, x, i])
                acc += (a - zx) * (s.place(1, [c, ky, kx, i]) - zw)
    return acc


def matmul(s):
    n, h, w = s.at
    za, zb = s.read(2, 0), s.read(3, 0)
    acc = 0
    for k in range(s.shape(0)[2]):
        a = s.place(0, [n, h, k])
        acc += (a - za) * (s.place(1, [n, k, w]) - zb)
    return acc


def window(s, kernel, stride, pad):
    n, oy, ox, c = s.at
    _, height, width, _ = s.shape(0)
    for _, y in taps(oy, stride[0], pad[0], 1, kernel[0], height):
        for _, x in taps(ox, stride[1], pad[2], 1, kernel[1], width):
            yield s.place(0, [n, y, x, c])


def avg_pool2d(s, kernel, stride, pad):
    zi, zo = s.read(1, 0), s.read(2, 0)
    values = list(window(s, kernel, stride, pad))
    n = len(values)
    k = (n - 1).bit_length()
    multiplier = (((1 << 30) + 1) << k) // n
    scaled = scale32(sum(values) - n * zi, multiplier, 30 + k, False)
    return clip(signed(scaled + zo, 32), *span(s.out[0]))


def max_pool2d(s, kernel, stride, pad):
    return max([span(s.out[0])[0], *window(s, kernel, stride, pad)])


def rescale(s, scale32, double_round, per_channel, input_unsigned, output_unsigned):
    channel = s.at[-1] if per_channel else 0
    multiplier, shift = s.read(1, channel), s.read(2, channel)
    zi, zo = s.read(3, 0), s.read(4, 0)
    extend = (lambda value: unsigned(s.dtype(0), value)) if input_unsigned else (lambda value: value)
    value = extend(s.own(0)) - extend(zi)
    if scale32:
        scaled = globals()["scale32"](value, multiplier, shift, double_round)
    else:
        scaled = scale16(value, multiplier, shift)
    dtype = s.out[0]
    if output_unsigned:
        return clip(signed(scaled + unsigned(dtype, zo), 32), 0, (1 << BITS[dtype]) - 1)
    return clip(signed(scaled + zo, 32), *span(dtype))


def binary(function):
    def op(s):
        a = s.own(0)
        return function(a, s.own(1))

    return op


def shifting(function):
    def op(s, **attributes):
        a = s.own(0)
        by = clip(s.own(1), 0, BITS[s.dtype(0)] - 1)
        return function(s.dtype(0), a, by, **attributes)

    return op


def shift_right(_, a, by, round):
    if not round or by == 0:
        return a >> by
    q = a >> (by - 1)
    return (q >> 1) + (q & 1)


def divide(a, b):
    if b == 0:
        return 0
    quotient = abs(a) // abs(b)
    return quotient if (a < 0) == (b < 0) else -quotient


def mul(s):
    a = s.own(0)
    product = w64(a * s.own(1))
    if s.dtype(0) != "int32":
        return product
    shift = clip(s.read(2, 0), 0, 63)
    return w64(product + (1 << (shift - 1))) >> shift if shift else product


def negate(s):
    x = s.own(0)
    zi = s.read(1, 0)
    return clip(signed(zi - x + s.read(2, 0), 32), *span(s.out[0]))


def cast(s):
    value = s.own(0)
    return int(value != 0) if s.out[0] == "bool" else value


def table(s):
    x = s.own(0)
    if s.dtype(0) == "int8":
        return s.read(1, clip(x + 128, 0, 255))
    i = clip((x + 32768) >> 7, 0, 511)
    base = s.read(1, i)
    return (base << 7) + (s.read(1, i + 1) - base) * (x & 127)


def line(s, axis):
    shape = s.shape(0)
    kept = [0 if i == axis else None for i in range(len(shape))]
    # ARGMAX drops the axis, reductions keep it with length 1.
    rest = [at for i, at in enumerate(s.at) if len(s.at) < len(shape) or i != axis]
    at = [position if position is not None else rest.pop(0) for position in kept]
    for position in range(shape[axis]):
        at[axis] = position
        yield s.place(0, at)


def reduction(function):
    return lambda s, axis: function(list(line(s, axis)))


def argmax(s, axis):
    values = list(line(s, axis))
    return values.index(max(values))


def pad(s, before, after):
    at = [position - first for position, first in zip(s.at, before)]
    inside = all(0 <= position < length for position, length in zip(at, s.shape(0)))
    return s.place(0, at) if inside else s.read(1, 0)


def transpose(s, perms):
    at = [0] * len(perms)
    for position, perm in zip(s.at, perms):
        at[perm] = position
    return s.place(0, at)


def concat(s, axis):
    at = list(s.at)
    for operand, (_, shape) in enumerate(s.types):
        if at[axis] < shape[axis]:
            return s.place(operand, at)
        at[axis] -= shape[axis]
    raise AssertionError("parts of a concat make up its output")


def reverse(s, axis):
    at = list(s.at)
    at[axis] = s.shape(0)[axis] - 1 - at[axis]
    return s.place(0, at)


def gather(s):
    n, w, c = s.at
    chosen = s.place(1, [n, w])
    return s.place(0, [n, clip(chosen, 0, s.shape(0)[1] - 1), c])


def scatter(s):
    n, k, c = s.at
    indices = [s.place(1, [n, w]) for w in range(s.shape(1)[1])]
    named = [w for w, index in enumerate(indices) if index == k]
    return s.place(2, [n, named[-1], c]) if named else s.own(0)


def resize(s, bilinear, scale, offset, border):
    n, oy, ox, c = s.at
    _, height, width, _ = s.shape(0)

    def places(at, side, length):
        numerator, denominator = scale[side]
        before, rest = divmod(at * denominator + offset[side], numerator)
        if not bilinear:
            return {clip(before + (2 * rest >= numerator), 0, length - 1): 1}
        weights = {clip(before, 0, length - 1): numerator - rest}
        behind = clip(before + 1, 0, length - 1)
        if rest:
            weights[behind] = weights.get(behind, 0) + rest
        return weights

    columns = places(ox, 1, width).items()
    rows = places(oy, 0, height).items()
    return sum(wy * wx * s.place(0, [n, y, x, c]) for y, wy in rows for x, wx in columns)


OPS = {
    "conv2d": conv2d,
    "depthwise_conv2d": depthwise_conv2d,
    "matmul": matmul,
    "avg_pool2d": avg_pool2d,
    "max_pool2d": max_pool2d,
    "rescale": rescale,
    "clamp": lambda s, min, max: clip(s.own(0), min, max),
    "add": binary(lambda a, b: a + b),
    "sub": binary(lambda a, b: a - b),
    "mul": mul,
    "intdiv": binary(divide),
    "maximum": binary(max),
    "minimum": binary(min),
    "arithmetic_right_shift": shifting(shift_right),
    "logical_left_shift": shifting(lambda _, a, by: a << by),
    "logical_right_shift": shifting(lambda dtype, a, by: unsigned(dtype, a) >> by),
    "bitwise_and": binary(lambda a, b: a & b),
    "bitwise_or": binary(lambda a, b: a | b),
    "bitwise_xor": binary(lambda a, b: a ^ b),
    "logical_and": binary(lambda a, b: a & b),
    "logical_or": binary(lambda a, b: a | b),
    "logical_xor": binary(lambda a, b: a ^ b),
    "equal": binary(lambda a, b: int(a == b)),
    "greater": binary(lambda a, b: int(a > b)),
    "greater_equal": binary(lambda a, b: int(a >= b)),
    "select": lambda s: s.own(1) if s.own(0) != 0 else s.own(2),
    "negate": negate,
    "abs": lambda s: abs(s.own(0)),
    "bitwise_not": lambda s: ~s.own(0),
    "logical_not": lambda s: s.own(0) ^ 1,
    "clz": lambda s: 32 - (s.own(0) & 0xFFFFFFFF).bit_length(),
    "table": table,
    "cast": cast,
    "identity": lambda s: s.read(0, s.index),
    "reduce_sum": reduction(sum),
    "reduce_max": reduction(max),
    "reduce_min": reduction(min),
    "reduce_product": reduction(prod),
    "reduce_all": reduction(lambda values: int(all(values))),
    "reduce_any": reduction(lambda values: int(any(values))),
    "argmax": argmax,
    "pad": pad,
    "reshape": lambda s: s.read(0, s.index),
    "transpose": transpose,
    "slice": lambda s, start: s.place(0, [at + first for at, first in zip(s.at, start)]),
    "concat": concat,
    "reverse": reverse,
    "tile": lambda s: s.place(0, [at % length for at, length in zip(s.at, s.shape(0))]),
    "gather": gather,
    "transpose_conv2d": transpose_conv2d,
    "scatter": scatter,
    "resize": resize,
    "conv3d": conv3d,
}
