"""Bounds of what a check reads and an opening holds, from section 11 of docs/attestation.md."""

from math import gcd, prod

from attestation import Layout, depth
from weights import DENSE, ELSEWHERE, up

MOST_BOXES = 12
REDUCTIONS = {f"reduce_{name}" for name in ("sum", "max", "min", "product", "all", "any")}
DIGEST = 32


def touch(length, block, step):
    return (length - 1 + block - step) // block + 1


def near(length, block):
    return touch(length, block, 1)


def blocks(r, u, block, elements):
    if block % u == 0:
        most = near(r, block // u)
    elif u % block == 0:
        most = r * u // block
    else:
        most = near(r * u, block)
    return min(most, max(1, elements // block))


def reshaped(lengths, out, operand):
    u, before = 1, list(zip(lengths, out))
    while before and before[-1][0] == before[-1][1]:
        u *= before.pop()[1]
    r = before.pop()[0] if before else 1
    if any(length != 1 for length, _ in before):
        return list(operand)
    found, block = [], 1
    for length in reversed(operand):
        around = block * length
        inside = blocks(r, u, around, prod(out)) == 1
        found.insert(0, min(blocks(r, u, block, prod(out)), length) if inside else length)
        block = around
    return found


def lengths_of(t, types, operand, box):
    """Of what is read of an operand where a box of the output is computed."""
    own, attributes = types[operand][1], t.attributes
    found = reach(t, types, operand, box, own, attributes)
    return [min(pair) for pair in zip(found + [1] * len(own), own)]


def reach(t, types, operand, box, all, attributes):
    if t.op in DENSE - {"matmul"} | {"avg_pool2d", "max_pool2d"}:
        return windows(t, types, operand, box, all, attributes)
    if t.op == "matmul" and operand < 2:
        n, h, w = box
        return [n, h, all[2]] if operand == 0 else [n, all[1], w]
    if t.op == "rescale" and operand in (1, 2):
        return [box[-1] if attributes["per_channel"] and box else 1]
    small = {"matmul": (2, 3), "rescale": (3, 4), "negate": (1, 2), "pad": (1,), "mul": (2,)}
    if operand in small.get(t.op, ()):
        return [1] * len(all)
    if t.op == "table" and operand == 1:
        return ([2] if types[0][0] == "int16" else [1]) if prod(box) == 1 else list(all)
    if t.op == "gather":
        n, w, c = box
        if operand:
            return [n, w]
        return [1, 1, c] if n == w == 1 else [n, all[1], c]
    if t.op == "scatter" and operand:
        n, k, c = box
        if operand == 1:
            return [n, all[1]]
        return [1, 1, c] if n == k == 1 else [n, all[1], c]
    if t.op == "resize":
        n, *pixel, c = box
        around = [
            up((length - 1) * denominator + (numerator - 1) * attributes["bilinear"], numerator) + 1
            for length, (numerator, denominator) in zip(pixel, attributes["scale"])
        ]
        return [n, *around, c]
    if t.op == "argmax":
        axis = attributes["axis"]
        return box[:axis] + [all[axis]] + box[axis:]
    if t.op in REDUCTIONS:
        return [all[at] if at == attributes["axis"] else length for at, length in enumerate(box)]
    if t.op == "transpose":
        found = [0] * len(box)
        for perm, length in zip(attributes["perms"], box):
            found[perm] = length
        return found
    if t.op == "tile":
        return [own if length > 1 and own < out else length for length, own, out in zip(box, all, t.shape)]
    if t.op == "reshape":
        return reshaped(box, t.shape, all)
    return list(box)


def windows(t, types, operand, box, all, attributes):
    if t.op == "transpose_conv2d":
        n, y, x, c = box
        met = [-(-(l + k - 1) // s) for l, k, s in zip((y, x), types[1][1][1:3], attributes["stride"])]
        return [[n, *met, all[-1]], [c, *all[1:]], [c]][operand] if operand < 3 else [1] * len(all)
    if t.op == "conv3d":
        n, *lengths, c = box
        sides = zip(lengths, attributes["stride"], types[1][1][1:4], attributes["dilation"])
        span = [(length - 1) * stride + (kernel - 1) * dilation + 1 for length, stride, kernel, dilation in sides]
        return [[n, *span, all[-1]], [c, *all[1:]], [c]][operand] if operand < 3 else [1] * len(all)
    pool = "kernel" in attributes
    first = {"conv2d": 1, "depthwise_conv2d": 0}.get(t.op)
    kernel = attributes["kernel"] if pool else types[1][1][first : first + 2]
    dilation = [1, 1] if pool else attributes["dilation"]
    n, y, x, c = box
    span = [
        (length - 1) * attributes["stride"][side] + (kernel[side] - 1) * dilation[side] + 1
        for side, length in enumerate((y, x))
    ]
    if operand == 0:
        channels = {"conv2d": all[-1], "depthwise_conv2d": near(c, types[1][1][3] if not pool else 1)}
        return [n, *span, channels.get(t.op, c)]
    if operand == 1 and t.op == "conv2d":
        return [c, *all[1:]]
    if operand == 1 and t.op == "depthwise_conv2d":
        multiplier = all[3]
        return [*all[:2], near(c, multiplier), multiplier if c > 1 else 1]
    return [c] if operand == 2 and not pool else [1] * len(all)


def is_aligned(t, operand, shape):
    if len(shape) != len(t.shape):
        return False
    broadcast = all(read in (1, written) for read, written in zip(shape, t.shape))
    elementwise = t.op not in ELSEWHERE and (t.op, operand) != ("table", 1)
    return t.op in REDUCTIONS or (elementwise and broadcast)


class Walk:
    """Of the check of one committed tensor."""

    def __init__(self, graph, cone):
        self.graph, self.frames = graph, 0
        self.boxes = {cone.root: [(0, [1] * len(graph[cone.root].shape))]}
        for id in sorted(cone.depths, reverse=True):
            t = graph[id]
            types = graph.types(t)
            for at, read in enumerate(t.ids()):
                for frame, box in self.boxes[id] if read is not None else ():
                    if not is_aligned(t, at, types[at][1]):
                        self.frames += 1
                        frame = self.frames
                    self.hand(read, frame, lengths_of(t, types, at, box))
        self.reads = sum(self.elements(id) * self.each(graph[id]) for id in cone.depths)

    def hand(self, read, frame, box):
        whole = self.graph[read].shape
        boxes = self.boxes.setdefault(read, [])
        for at, (known, lengths) in enumerate(boxes):
            if known == frame:
                boxes[at] = (frame, [max(pair) for pair in zip(lengths, box)])
                break
        else:
            boxes.append((frame, box))
        if len(boxes) > MOST_BOXES or any(lengths == whole for _, lengths in boxes):
            self.boxes[read] = [(frame, whole)]

    def elements(self, id):
        return min(self.graph[id].elements, sum(prod(box) for _, box in self.boxes[id]))

    def each(self, t):
        types, one = self.graph.types(t), [1] * len(t.shape)
        return sum(prod(lengths_of(t, types, at, one)) for at in range(len(types)))


def leaves_of(layout, box):
    """Leaves, and runs of elements."""
    shape = layout.shape
    short = [at for at, (length, own) in enumerate(zip(box, shape)) if length < own]
    if not short:
        return layout.leaves, 1
    axis = short[-1]
    u, g = prod(shape[axis + 1 :]), prod(box[:axis])
    last = sum((length - 1) * prod(shape[at + 1 :]) for at, length in enumerate(box))
    one = run(layout, box[axis] * u, u, u * shape[axis])
    return min(g * one, run(layout, last + 1, 1, layout.elements), layout.leaves), g


def run(layout, length, step, around):
    step = gcd(step, layout.row)
    rows = 1 if layout.row % around == 0 else touch(length, layout.row, step)
    if rows == 1:
        return min(touch(length, layout.full, gcd(step, layout.full)), layout.per_row)
    return min(rows * layout.per_row, length // layout.full + rows + 1)


def bytes_of(layout, boxes):
    of = [leaves_of(layout, box) for _, box in boxes]
    m = min(layout.leaves, sum(leaves for leaves, _ in of))
    h = sum(min(pair) for pair in of)
    bytes = m + min(m * min(layout.row, layout.full) * layout.width, layout.elements * layout.width)
    nodes = layout.leaves
    for _ in range(depth(layout.leaves) if m < layout.leaves else 0):
        bytes += DIGEST * min(m, 2 * h, nodes // 2)
        nodes = up(nodes, 2)
    lacks = max(0, DIGEST - layout.span(layout.leaves - 1)[1] * layout.width)
    if m > 1:
        bytes += min(up(m, 2), layout.elements // layout.row) * lacks
    return bytes


def proof(lengths, count):
    def below(first, size):
        held = [lengths[at] for at in range(first, min(first + size, count)) if at in lengths]
        if not held or size == 1:
            return sum(held), bool(held)
        (l, left), (r, right) = below(first, size // 2), below(first + size // 2, size // 2)
        other = DIGEST if first + size // 2 < count else 0
        if left and right:
            return max(l + r, l + other, DIGEST + r), True
        return (l + other if left else DIGEST + r), True

    return below(0, 1 << depth(count))[0]


class Bounds:
    """`lengths` are those of the descriptors as an opening shows them, by id."""

    def __init__(self, compiler, lengths):
        self.compiler, self.graph, self.lengths = compiler, compiler.graph, lengths
        given = compiler.plan["given"] + compiler.plan["committed"]
        self.layouts = {entry["tensor"]: self.layout(entry) for entry in given}
        self.walks = [Walk(self.graph, cone) for cone in compiler.cones]

    def layout(self, entry):
        t = self.graph[entry["tensor"]]
        return Layout(t.dtype, t.shape, entry["leaf_log2"], entry["row"])

    def reads(self):
        return max(walk.reads for walk in self.walks)

    def opening_bytes(self):
        return max(map(self.of_one, self.compiler.cones, self.walks))

    def of_one(self, cone, walk):
        compiler, graph = self.compiler, self.graph
        shown = {id for id in walk.boxes if id == cone.root or id not in cone.depths}
        bytes = {id: bytes_of(self.layouts[id], walk.boxes[id]) for id in shown}
        inputs = [id for id in shown if graph[id].source == "input"]
        committed = {compiler.slots.index(id): bytes[id] for id in shown if id in compiler.slots}
        count, job = sum(t.source == "input" for t in graph.tensors), compiler.plan["job"]
        scopes = [proof({id: bytes[id] for id in inputs if (id in job) == scope}, count) for scope in (False, True)]
        return (
            HEADER + 4 * len(graph.outputs) + 18
            + proof({id: self.lengths[id] for id in walk.boxes}, len(graph.tensors))
            + sum(max(DIGEST, bytes[id]) for id in shown if graph[id].source == "constant")
            + (sum(max(DIGEST, one) for one in scopes) if job else scopes[0])
            + proof(committed, len(compiler.slots))
        )


# Bytes of a header without the outputs.
HEADER = 1 + 4 + 4 + 1 + 1 + 1 + 8 + 4 + 4 + 4 + 4 + 1 + 32
