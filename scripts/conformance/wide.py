"""Cases wider than the registers and tiles of a fast kernel, with remainders: those of packages/tensor are small."""

from reference import attribute, binary, case, conv, fitted, matmul, one, random, rescale


def contractions():
    conv("conv2d", "i8", "i8", [4, 9, 8, 5], [37, 3, 3, 5], [1, 1, 1, 1], [2, 1], [1, 1], zps=(-128, 0))
    conv("conv2d", "i8", "i8", [2, 6, 7, 24], [40, 1, 1, 24], [0, 0, 0, 0], [1, 1], [1, 1], zps=(17, 3))
    conv("conv2d", "i8", "i8", [2, 11, 10, 3], [19, 2, 4, 3], [2, 0, 1, 3], [1, 2], [3, 2], zps=(127, -128))
    conv("conv2d", "i8", "i4", [2, 5, 5, 17], [33, 3, 3, 17], [1, 1, 1, 1], [1, 1], [1, 1], zps=(4, 0))
    conv("depthwise_conv2d", "i8", "i8", [4, 9, 8, 37], [3, 3, 37, 1], [1, 1, 1, 1], [2, 2], [1, 1], zps=(-128, 0))
    conv("depthwise_conv2d", "i8", "i8", [2, 7, 7, 11], [3, 2, 11, 3], [2, 1, 0, 1], [1, 1], [2, 3], zps=(5, -7))
    matmul("i8", 3, 17, 35, 33, (-128, 127))
    matmul("i8", 2, 5, 64, 16, (0, 0))


def pools():
    for zps, shape, kernel, stride, pad in [
        ((-128, 5), [4, 9, 8, 37], [3, 3], [2, 1], [1, 1, 1, 1]),
        ((9, 9), [2, 7, 7, 20], [7, 7], [1, 1], [0, 0, 0, 0]),
    ]:
        rows, columns = [fitted(shape[1 + axis], kernel[axis], stride[axis], 1, pad, axis) for axis in range(2)]
        out = ("i8", [shape[0], rows, columns, shape[3]])
        mlir = {key: attribute(value) for key, value in {"kernel": kernel, "stride": stride, "pad": pad}.items()}
        values = random("i8", shape)
        zeros = [one("i8", zp) for zp in zps]
        case("avg_pool2d", [values, *zeros], out, (1, 2), {}, {"acc_type": "i32", **mlir})
        case("max_pool2d", [values], out, (), {}, mlir)


def rescales():
    for per_channel in [False, True]:
        for double in [False, True]:
            rescale("i32", "i8", True, double, per_channel, zps=(0, -128), shape=(2, 5, 37))
            rescale("i8", "i32", True, double, per_channel, zps=(-7, 0), shape=(2, 5, 37))
        rescale("i16", "i16", False, False, per_channel, shape=(2, 5, 37))


# Both operands keep the leading axis, so both can be inputs.
BROADCAST = [([2, 5, 37], [2, 5, 37]), ([2, 5, 1], [2, 1, 37]), ([2, 1, 37], [2, 5, 37])]


def elementwise():
    half = (-(1 << 30), (1 << 30) - 1)
    for name in ["add", "sub"]:
        binary(name, "i32", a=half, b=half, shapes=BROADCAST)
    for name in ["maximum", "minimum", "bitwise_and", "bitwise_or", "bitwise_xor"]:
        binary(name, "i32", shapes=BROADCAST)
    for name in ["logical_and", "logical_or", "logical_xor"]:
        binary(name, "bool", shapes=BROADCAST)
    for name in ["equal", "greater", "greater_equal"]:
        binary(name, "i32", out="bool", a=(-3, 3), b=(-3, 3), shapes=BROADCAST)
    binary("intdiv", "i32", a=(-(1 << 31) + 1, (1 << 31) - 1), b=(1, 1000), shapes=BROADCAST)
    for rounds in [False, True]:
        binary("arithmetic_right_shift", "i32", b=(0, 31), attr={"round": rounds}, shapes=BROADCAST)
    for name in ["logical_left_shift", "logical_right_shift"]:
        binary(name, "i32", b=(0, 31), shapes=BROADCAST)
    for left, right in BROADCAST:
        case("mul", [random("i32", left, *half), random("i32", right, *half), one("i8", 31)], ("i32", [2, 5, 37]), (2,))
        case("mul", [random("i8", left), random("i8", right), one("i8", 0)], ("i32", [2, 5, 37]), (2,))
    for dtype in ["i8", "i32"]:
        ins = [random("bool", [2, 5, 1]), random(dtype, [2, 1, 37]), random(dtype, [2, 5, 37])]
        case("select", ins, (dtype, [2, 5, 37]))
    shape = [4, 67]
    mlir = {"min_val": "-100 : i8", "max_val": "77 : i8"}
    case("clamp", [random("i8", shape)], ("i8", shape), (), {}, mlir)
    case("negate", [random("i8", shape), one("i8", -128), one("i8", 127)], ("i8", shape), (1, 2))
    case("table", [random("i8", shape), random("i8", [256])], ("i8", shape), (1,))
    case("table", [random("i16", shape), random("i16", [513], -16384, 16383)], ("i32", shape), (1,))
    case("abs", [random("i32", shape, -(1 << 31) + 1)], ("i32", shape))
    for name, dtype in [("clz", "i32"), ("bitwise_not", "i16"), ("logical_not", "bool"), ("identity", "i8")]:
        case(name, [random(dtype, shape)], (dtype, shape))
    for source, target in [("i32", "i8"), ("i8", "i32"), ("i16", "bool"), ("bool", "i8")]:
        case("cast", [random(source, shape)], (target, shape))


def reductions():
    for axis, kept, dropped in [(1, [4, 1, 33], [4, 33]), (2, [4, 19, 1], [4, 19])]:
        mlir = {"axis": f"{axis} : i32"}
        for name, dtype, bounds in [("reduce_sum", "i32", (-(1 << 20), 1 << 20)), ("reduce_max", "i8", (-128, 127)),
                                    ("reduce_min", "i16", (-32768, 32767))]:
            case(name, [random(dtype, [4, 19, 33], *bounds)], (dtype, kept), (), {}, mlir)
        for name in ["reduce_all", "reduce_any"]:
            case(name, [random("bool", [4, 19, 33])], ("bool", kept), (), {}, mlir)
        case("argmax", [random("i8", [4, 19, 33], -9, 9)], ("i32", dropped), (), {}, mlir)


def movements():
    x = random("i8", [4, 9, 33])
    case("pad", [x, one("i8", -5)], ("i8", [4, 12, 34]), (1,), shapes=[(1, [0, 0, 1, 2, 1, 0])])
    case("reshape", [x], ("i8", [4, 297]), shapes=[(1, [4, 297])])
    case("transpose", [x], ("i8", [4, 33, 9]), (), {}, {"perms": "array<i32: 0, 2, 1>"})
    case("slice", [x], ("i8", [4, 5, 19]), shapes=[(1, [0, 3, 11]), (2, [4, 5, 19])])
    case("concat", [x, random("i8", [4, 9, 7])], ("i8", [4, 9, 40]), (), {}, {"axis": "2 : i32"})
    case("reverse", [x], ("i8", [4, 9, 33]), (), {}, {"axis": "2 : i32"})
    case("tile", [x], ("i8", [4, 18, 33]), shapes=[(1, [1, 2, 1])])
    case("gather", [x, random("i32", [4, 20], 0, 8)], ("i8", [4, 20, 33]))


def wide():
    for part in [contractions, pools, rescales, elementwise, reductions, movements]:
        part()
