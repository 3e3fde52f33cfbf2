"""Numbers, hashes, trees, descriptors, draws and openings, from docs/attestation.md."""

from dataclasses import dataclass, field
from hashlib import sha256
from math import prod

from blake3 import blake3
from meaning import WIDTH, evaluate, signed, wrap

ABSENT = bytes(32)
LEAF = blake3(b"", derive_key_context="tequio v1 leaf").digest()
NODE = blake3(b"", derive_key_context="tequio v1 node").digest()


class Refused(Exception):
    pass


def refuse_if(condition, why):
    if condition:
        raise Refused(why)


# 1. Numbers


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, length):
        refuse_if(self.at + length > len(self.data), "truncated")
        self.at += length
        return self.data[self.at - length : self.at]

    def number(self, length):
        return int.from_bytes(self.take(length), "big")

    def varint(self, bits=64):
        value = shift = 0
        while True:
            byte = self.number(1)
            refuse_if(shift and not byte, "not in shortest form")
            value |= (byte & 127) << shift
            refuse_if(value >> bits, "too large")
            if byte < 128:
                return value
            shift += 7
            refuse_if(shift > 63, "too long")

    def signed(self):
        value = self.varint()
        return -(value >> 1) - 1 if value & 1 else value >> 1

    def digest(self):
        return self.take(32)

    def finish(self):
        refuse_if(self.at != len(self.data), "bytes left")


def u32(value):
    return value.to_bytes(4, "big")


def u64(value):
    return value.to_bytes(8, "big")


def name(text):
    return u32(len(text.encode())) + text.encode()


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def zigzag(value):
    return varint(2 * value if value >= 0 else -2 * value - 1)


# 2. Hashes


def leaf(payload):
    blocks = max(1, -(-len(payload) // 64))
    return blake3(payload.ljust(64 * blocks, b"\0"), key=LEAF).digest()


def node(left, right):
    return blake3(left + right, key=NODE).digest()


def tagged(tag, *parts):
    prefix = sha256(tag.encode()).digest()
    return sha256(prefix + prefix + b"".join(parts)).digest()


# 3. Trees


def depth(count):
    return (count - 1).bit_length()


def root(digests):
    while len(digests) > 1:
        digests = [node(digests[i], (digests + [ABSENT])[i + 1]) for i in range(0, len(digests), 2)]
    return digests[0]


def bits(value, length):
    return format(value, "b").zfill(length) if length else ""


class Stack:
    """Shards over slots over leaves; `leaves` gives a slot's number of them."""

    def __init__(self, shards, slots, leaves):
        self.shards, self.slots, self.leaves = shards, slots, leaves

    def address(self, shard, slot, at):
        path = bits(shard, depth(self.shards)) + bits(slot, depth(self.slots))
        return path + bits(at, depth(self.leaves(slot)))

    def is_absent(self, path):
        counts = [self.shards, self.slots]
        for level in range(3):
            count = counts[level] if level < 2 else self.leaves(slot)
            d = depth(count)
            if len(path) <= d:
                return int(path.ljust(d, "0") or "0", 2) >= count
            slot = int(path[:d] or "0", 2)
            path = path[d:]
        raise AssertionError("below a leaf")


def single(count):
    return Stack(1, 1, lambda _: count)


def fold(stack, leaves, other, at=""):
    """The root over `leaves`, {address: digest}; `other(path)` gives present subtrees without an opened leaf."""
    if not leaves:
        return ABSENT if stack.is_absent(at) else other(at)
    if list(leaves) == [at]:
        return leaves[at]
    refuse_if(any(len(address) <= len(at) for address in leaves), "one leaf below another")
    sides = [{a: d for a, d in leaves.items() if a[len(at)] == turn} for turn in "01"]
    left = fold(stack, sides[0], other, at + "0")
    return node(left, fold(stack, sides[1], other, at + "1"))


def addressed(stack, places):
    """{address: digest} of {(shard, slot, leaf): digest}."""
    leaves = {stack.address(*place): digest for place, digest in places.items()}
    refuse_if(len(leaves) != len(places), "two leaves at one address")
    return leaves


# 4. Tensors and leaves

DTYPES = ["bool", "int4", "int8", "int16", "int32", "int48"]


@dataclass
class Layout:
    dtype: str
    shape: list
    leaf_log2: int
    row: int

    def __post_init__(self):
        self.elements = prod(self.shape)
        refuse_if(not 6 <= self.leaf_log2 <= 10, "leaf size")
        refuse_if(self.row == 0 or self.elements % self.row, "rows")
        self.width = WIDTH[self.dtype]
        self.full = (1 << self.leaf_log2) // self.width
        self.per_row = -(-self.row // self.full)
        self.leaves = self.elements // self.row * self.per_row
        refuse_if(self.leaves > 1 << 26, "leaves")

    def place(self, index):
        row, column = divmod(index, self.row)
        return row * self.per_row + column // self.full, column % self.full * self.width

    def span(self, at):
        row, part = divmod(at, self.per_row)
        column = part * self.full
        return row * self.row + column, min(self.full, self.row - column)

    def payload(self, data, at):
        first, count = self.span(at)
        return data[first * self.width : (first + count) * self.width]

    def digests(self, data):
        return [leaf(self.payload(data, at)) for at in range(self.leaves)]


def element(dtype, payload, offset):
    width = WIDTH[dtype]
    return signed(int.from_bytes(payload[offset : offset + width], "little"), 8 * width)


def elements(dtype, data):
    return [element(dtype, data, at) for at in range(0, len(data), WIDTH[dtype])]


def data(dtype, values):
    return b"".join((v & ((1 << 64) - 1)).to_bytes(8, "little")[: WIDTH[dtype]] for v in values)


# 5. Descriptors

SOURCES = ["input", "constant", "committed", "virtual"]
NAMES = """conv2d depthwise_conv2d matmul avg_pool2d max_pool2d rescale clamp add sub mul intdiv maximum minimum
    arithmetic_right_shift logical_left_shift logical_right_shift bitwise_and bitwise_or bitwise_xor logical_and
    logical_or logical_xor equal greater greater_equal select negate abs bitwise_not logical_not clz table cast
    identity reduce_sum reduce_max reduce_min reduce_product reduce_all reduce_any argmax pad reshape transpose slice
    concat reverse tile gather transpose_conv2d scatter resize conv3d""".split()
AXIS = {n for n in NAMES if n.startswith("reduce_")} | {"argmax", "concat", "reverse"}
FLAGS = ["scale32", "double_round", "per_channel", "input_unsigned", "output_unsigned"]


@dataclass
class Descriptor:
    source: str
    dtype: str
    shape: list
    layout: Layout = None
    scope: int = None
    root: bytes = None
    slot: int = None
    interval: list = None
    op: str = None
    attributes: dict = None
    operands: list = None

    def words(self):
        """As the vectors describe it."""
        words = {"source": self.source, "dtype": self.dtype, "shape": self.shape}
        if self.layout:
            words |= {"leaf_log2": self.layout.leaf_log2, "row": self.layout.row}
        if self.source == "input":
            words["scope"] = self.scope
        if self.source == "constant":
            words["root"] = self.root.hex()
        if self.source == "committed":
            words |= {"slot": self.slot, "interval": self.interval}
        if self.op:
            words |= {"op": self.op, "attributes": self.attributes, "operands": self.operands}
        return words


def read_byte_below(r, limit, what):
    value = r.number(1)
    refuse_if(value >= limit, what)
    return value


def read_type(r):
    return DTYPES[read_byte_below(r, len(DTYPES), "element type")]


def read_descriptor(r, shown=False):
    """`shown` as in an opening: a constant without its root."""
    source = SOURCES[read_byte_below(r, 4, "source")]
    dtype = read_type(r)
    rank = read_byte_below(r, 7, "rank")
    shape = [r.varint(32) for _ in range(rank)]
    refuse_if(0 in shape or prod(shape) > 1 << 31, "shape")
    d = Descriptor(source, dtype, shape)
    if source != "virtual":
        d.layout = Layout(dtype, shape, r.number(1), r.varint(32))
    if source == "input":
        d.scope = read_byte_below(r, 2, "scope")
    if source == "constant" and not shown:
        d.root = r.digest()
    if source == "committed":
        d.slot = r.varint(32)
        d.interval = [r.number(4), r.number(4)]
    if source in ("committed", "virtual"):
        code = r.number(1)
        refuse_if(not 1 <= code <= len(NAMES), "op")
        d.op = NAMES[code - 1]
        d.attributes = read_attributes(r, d.op, rank)
        count = r.varint()
        refuse_if(count > 64, "operands")
        d.operands = [read_operand(r) for _ in range(count)]
    return d


def read_int32s(r, count):
    numbers = [r.signed() for _ in range(count)]
    refuse_if(any(not -(1 << 31) <= number < 1 << 31 for number in numbers), "int32")
    return numbers


def read_attributes(r, op, rank):
    many = lambda count: [r.varint(32) for _ in range(count)]
    if op in ("conv2d", "depthwise_conv2d"):
        return {"pad": many(4), "stride": many(2), "dilation": many(2)}
    if op == "conv3d":
        return {"pad": many(6), "stride": many(3), "dilation": many(3)}
    if op == "transpose_conv2d":
        return {"out_pad": read_int32s(r, 4), "stride": many(2)}
    if op == "resize":
        bilinear = bool(read_byte_below(r, 2, "flag"))
        scale = [many(2), many(2)]
        return {"bilinear": bilinear, "scale": scale, "offset": read_int32s(r, 2), "border": read_int32s(r, 2)}
    if op in ("avg_pool2d", "max_pool2d"):
        return {"kernel": many(2), "stride": many(2), "pad": many(4)}
    if op == "rescale":
        flags = read_byte_below(r, 32, "flags")
        return {name: bool(flags >> bit & 1) for bit, name in enumerate(FLAGS)}
    if op == "clamp":
        return {"min": r.signed(), "max": r.signed()}
    if op == "arithmetic_right_shift":
        return {"round": bool(read_byte_below(r, 2, "flag"))}
    if op in AXIS:
        return {"axis": read_byte_below(r, 6, "axis")}
    if op == "pad":
        return {"before": many(rank), "after": many(rank)}
    if op == "transpose":
        return {"perms": [read_byte_below(r, 6, "axis") for _ in range(rank)]}
    if op == "slice":
        return {"start": many(rank)}
    return {}


def read_operand(r):
    word = r.varint()
    if word % 2 == 0:
        refuse_if(word >> 33, "id")
        return {"tensor": word // 2}
    refuse_if(word != 1, "operand")
    dtype, rank, value = read_type(r), read_byte_below(r, 7, "rank"), r.signed()
    refuse_if(wrap(dtype, value) != value, "scalar out of range")
    return {"scalar": value, "dtype": dtype, "rank": rank}


# 6. Programs


@dataclass
class Header:
    data: bytes
    tensors: int
    committed: int
    inputs: int
    job: int
    outputs: list
    rest: dict

    def program_id(self, descriptors):
        return tagged("tequio/v1/program", self.data, descriptors)


def read_header(r):
    start = r.at
    refuse_if(r.number(1) != 2, "version")
    tensors, committed, inputs, job, count = r.number(4), r.number(4), r.number(1), r.number(1), r.number(1)
    refuse_if(not 1 <= inputs <= 16 or job > inputs or not 1 <= count <= 16, "ports")
    refuse_if(not 1 <= committed <= tensors - inputs, "committed")
    outputs = [r.number(4) for _ in range(count)]
    rest = {"cost": r.number(8), "delta": r.number(4), "gamma": r.number(4), "opening_bytes": r.number(4)}
    rest |= {"reads": r.number(4), "depth": r.number(1), "plan": r.digest().hex()}
    return Header(r.data[start : r.at], tensors, committed, inputs, job, outputs, rest)


# 8. Attestations and draws


def scopes(shards, job=None):
    """The root over inputs of both scopes."""
    return node(shards, job) if job else shards


def input_root(total, tree):
    return tagged("tequio/v1/inputs", u64(total), tree)


def subject(program, inputs, first, count, draws, context, terms, arbitration=None):
    windows = [terms[name] for name in ("delay", "open_window", "void_after", "audit_window", "blocks")]
    parts = [program, inputs, u64(first), u64(count), u32(draws), context, *map(u32, windows)]
    if arbitration is None:
        return tagged("tequio/v1/subject", *parts, b"\0")
    names = [name(arbitration[key]) for key in ("arbiter", "principal")]
    bonds = [int(arbitration[key]).to_bytes(16, "big") for key in ("bond", "rerun_bond")]
    rest = [arbitration[key] for key in ("answer_window", "spacing", "longest_hold", "rate")]
    return tagged("tequio/v1/subject", *parts, b"\1", *names, *bonds, *map(u32, rest))


def attestation(chain, verifier, attester, tree, about):
    return tagged("tequio/v1/attestation", name(chain), name(verifier), name(attester), tree, about)


def seed(about, beacon, number, randomness):
    return tagged("tequio/v1/seed", about, u64(beacon), u64(number), randomness)


def escrow_context(escrow, job, assignment, total):
    return tagged("tequio/v1/context", name(escrow), u64(job), u64(assignment), u64(total))


def below(word, n):
    return word * n >> 64


class Draw:
    def __init__(self, seed, number, count):
        h = tagged("tequio/v1/draw", seed, u32(number))
        word = lambda at, length: int.from_bytes(h[at : at + length], "big")
        self.shard, self.ticket, self.position = below(word(0, 8), count), word(8, 4), word(16, 8)

    def falls_on(self, interval):
        return interval[0] <= self.ticket <= interval[1]

    def element(self, n):
        return below(self.position, n)


def audited(seed, count, wanted):
    shards, number = [], 0
    while len(shards) < min(wanted, count):
        shard = below(int.from_bytes(tagged("tequio/v1/audit", seed, u64(number))[:8], "big"), count)
        shards += [shard] if shard not in shards else []
        number += 1
    return shards


# 9. Openings


def packed(payload):
    """A leaf's form."""
    fill = max(range(256), key=lambda byte: (payload.count(byte), -byte))
    others = [byte != fill for byte in payload]
    mask = [others[at : at + 8] for at in range(0, len(payload), 8)]
    mask = bytes(sum(other << 7 - at for at, other in enumerate(eight)) for eight in mask)
    form = bytes([1, fill]) + mask + bytes(byte for byte in payload if byte != fill)
    return min(b"\0" + payload, form, key=len)


def read_leaf(r, length):
    start, form = r.at, read_byte_below(r, 2, "form")
    if form == 0:
        payload = r.take(length)
    else:
        fill, mask = r.take(1), r.take(-(-length // 8))
        other = lambda at: mask[at // 8] >> 7 - at % 8 & 1
        payload = b"".join(r.take(1) if other(at) else fill for at in range(length))
    refuse_if(packed(payload) != r.data[start : r.at], "not the one form")
    return payload


@dataclass
class Statement:
    program_id: bytes
    input_root: bytes
    first_shard: int
    count: int
    draws: int
    root: bytes
    seed: bytes


@dataclass
class Walk:
    """The evaluation that checker and opener share; `descriptor(id)` and `payload(id, shard, leaf)` supply it."""

    descriptor: object
    payload: object
    known: dict = field(default_factory=dict)
    checked: set = field(default_factory=set)
    leaves: dict = field(default_factory=dict)

    def tensor(self, id):
        if id not in self.known:
            self.known[id] = self.descriptor(id)
        return self.known[id]

    def leaf(self, id, shard, index):
        d = self.known[id]
        refuse_if(index >= d.layout.elements, "index")
        at, offset = d.layout.place(index)
        if (id, shard, at) not in self.leaves:
            self.leaves[id, shard, at] = self.payload(id, shard, at)
        return element(d.dtype, self.leaves[id, shard, at], offset)

    def draw(self, draw, id):
        d = self.tensor(id)
        refuse_if(d.source != "committed" or not draw.falls_on(d.interval), "not drawn")
        self.shard, self.reads, self.memo = draw.shard, 0, {}
        index = draw.element(d.layout.elements)
        claimed = self.leaf(id, draw.shard, index)
        return index, claimed, self.compute(id, index, 0)

    def compute(self, id, index, depth):
        refuse_if(depth > 128, "depth")
        d = self.known[id]
        refuse_if(d.op is None, "uncomputed")
        types = []
        for operand in d.operands:
            if "tensor" in operand:
                other = self.tensor(operand["tensor"])
                types.append((other.dtype, other.shape))
            else:
                types.append((operand["dtype"], [1] * operand["rank"]))
        read = lambda k, j: self.read(d.operands[k], j, depth + 1)
        return evaluate(d.op, d.attributes, types, (d.dtype, d.shape), index, read)

    def read(self, operand, index, depth):
        self.reads += 1
        refuse_if(self.reads > 1 << 22, "reads")
        if "scalar" in operand:
            return operand["scalar"]
        id = operand["tensor"]
        source, scope = self.known[id].source, self.known[id].scope
        if source == "virtual":
            if (id, index) not in self.memo:
                value = self.compute(id, index, depth)
                refuse_if(len(self.memo) >= 1 << 16, "kept")
                self.memo[id, index] = value
            return self.memo[id, index]
        return self.leaf(id, 0 if source == "constant" or scope == 1 else self.shard, index)

    def opened(self, source):
        """{(shard, id, leaf): digest} of the leaves of tensors with this source."""
        return {
            (shard, id, at): leaf(payload)
            for (id, shard, at), payload in sorted(self.leaves.items())
            if self.known[id].source == source
        }


def check(statement, opened, opening):
    """The outcome as the vectors write it; raises Refused."""
    drawn = lambda number: Draw(statement.seed, number, statement.count)
    return judge(statement, opening, opened, statement.draws - opened, drawn)


@dataclass
class Chosen:
    """An element that somebody chose, of a tensor that the opening names."""

    shard: int
    index: int

    def falls_on(self, interval):
        return True

    def element(self, elements):
        return self.index


def refute(statement, shard, index, opening):
    refuse_if(shard >= statement.count, "shard")
    return judge(statement, opening, 0, 1, lambda number: Chosen(shard, index))


def judge(statement, opening, opened, most, at):
    r = Reader(opening)
    header = read_header(r)
    draws = r.varint(32)
    refuse_if(not 1 <= draws <= most, "draws")
    shown = {}

    def descriptor(id):
        start = r.at
        d = read_descriptor(r, shown=True)
        shown[id] = r.data[start : r.at]
        return d

    walk = Walk(descriptor, None)
    walk.payload = lambda id, _, at: read_leaf(r, walk.known[id].layout.span(at)[1] * walk.known[id].layout.width)
    wrong = None
    for number in range(opened, opened + draws):
        draw = at(number)
        id = r.varint(32)
        index, claimed, computed = walk.draw(draw, id)
        if claimed != computed and wrong is None:
            shard = statement.first_shard + draw.shard
            wrong = {"draw": number, "shard": shard, "tensor": id, "element": index}
            wrong |= {"claimed": claimed, "computed": computed}
    check_roots(statement, header, walk, shown, r)
    return {"disagreed": wrong} if wrong else {"agreed": draws}


def check_roots(statement, header, walk, shown, r):
    sibling = lambda _: r.digest()
    constants = walk.opened("constant")
    for id in sorted(id for id, d in walk.known.items() if d.source == "constant"):
        stack = single(walk.known[id].layout.leaves)
        own = {(0, 0, at): digest for (_, other, at), digest in constants.items() if other == id}
        shown[id] += fold(stack, addressed(stack, own), sibling)

    refuse_if(any(id >= header.tensors for id in shown), "ids")
    stack = single(header.tensors)
    found = fold(stack, addressed(stack, {(0, 0, id): leaf(bytes) for id, bytes in shown.items()}), sibling)
    refuse_if(header.program_id(found) != statement.program_id, "program root")

    if inputs := walk.opened("input"):
        total = r.number(8)
        refuse_if(statement.first_shard + statement.count > total, "shards")
        refuse_if(any(id >= header.inputs for _, id, _ in inputs), "inputs")
        roots = []
        for scope, shards, first in ((0, total, statement.first_shard), (1, 1, 0)):
            stack = Stack(shards, header.inputs, lambda slot: walk.known[slot].layout.leaves)
            own = {at: digest for at, digest in inputs.items() if walk.known[at[1]].scope == scope}
            refuse_if(scope == 1 and own and not header.job, "job inputs")
            if scope == 0 or header.job:
                places = {(first + shard, id, at): digest for (shard, id, at), digest in own.items()}
                roots.append(fold(stack, addressed(stack, places), sibling) if own else r.digest())
        refuse_if(input_root(total, scopes(*roots)) != statement.input_root, "input root")

    trace = walk.opened("committed")
    ids = {}
    for _, id, _ in trace:
        slot = walk.known[id].slot
        refuse_if(slot >= header.committed or ids.setdefault(slot, id) != id, "slots")
    stack = Stack(statement.count, header.committed, lambda slot: walk.known[ids[slot]].layout.leaves)
    places = {(shard, walk.known[id].slot, at): digest for (shard, id, at), digest in trace.items()}
    refuse_if(fold(stack, addressed(stack, places), sibling) != statement.root, "trace root")
    r.finish()
