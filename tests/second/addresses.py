"""Addresses and answers: checking them and making them, from docs/attestation.md §15."""

from dataclasses import dataclass, field

from attestation import (
    ABSENT, Reader, Stack, addressed, bits, depth, fold, leaf, node, read_descriptor, read_header, refuse_if, root,
    single, varint,
)

FIELDS = {
    "shards": {"depth": 8, "index": 64},
    "tensors": {"shard": 64, "depth": 8, "index": 32},
    "nodes": {"shard": 64, "tensor": 32, "depth": 8, "index": 32},
    "leaves": {"shard": 64, "tensor": 32, "first": 32},
    "outputs": {"first": 64, "count": 64},
}
LEVELS, LEAVES, PARTS = 8, 16, 4096


def address(text):
    """{"kind": word, field: number}."""
    kind, *words = text.split("/")
    refuse_if(kind not in FIELDS or len(words) != len(FIELDS[kind]), "no address")
    for word, size in zip(words, FIELDS[kind].values()):
        digits = word.isascii() and word.isdigit()
        refuse_if(not digits or (word[0] == "0" and word != "0") or int(word) >> size, "no number")
    return {"kind": kind} | dict(zip(FIELDS[kind], map(int, words)))


def tensors(wanted, header):
    """The tensors asked for, by id."""
    one = {"shards": [], "tensors": [], "nodes": [wanted.get("tensor")], "leaves": [wanted.get("tensor")]}
    return sorted(set(header.outputs)) if wanted["kind"] == "outputs" else one[wanted["kind"]]


@dataclass
class Located:
    count: int
    first_shard: int
    wanted: dict
    committed: int = 1
    slots: list = field(default_factory=list)  # (slot, id, layout), by slot

    def __post_init__(self):
        self.slots.sort(key=lambda s: s[0])
        self.by_slot = {slot: layout for slot, _, layout in self.slots}
        self.stack = Stack(self.count, self.committed, lambda slot: self.by_slot[slot].leaves)
        self.per_shard = sum(layout.leaves for layout in self.by_slot.values())
        w = self.wanted
        if "shard" in w:
            self.shard = self.index(w["shard"])
        self.paths, self.parts = [], 1
        if w["kind"] == "leaves":
            refuse_if(w["first"] % LEAVES or w["first"] >= self.per_shard, "first leaf")
        elif w["kind"] == "outputs":
            first = self.index(w["first"])
            refuse_if(w["count"] < 1 or first + w["count"] > self.count, "shards")
            self.parts = self.per_shard * w["count"]
            refuse_if(self.parts >> 64, "parts")
        else:
            self.nodes()

    def index(self, shard):
        refuse_if(not self.first_shard <= shard < self.first_shard + self.count, "shard")
        return shard - self.first_shard

    def above(self):
        """The path to the root of the tree asked about, and its leaves."""
        if self.wanted["kind"] == "shards":
            return "", self.count
        shard = bits(self.shard, depth(self.count))
        if self.wanted["kind"] == "tensors":
            return shard, self.committed
        return shard + bits(self.slots[0][0], depth(self.committed)), self.per_shard

    def nodes(self):
        path, n = self.above()
        at, index, d = self.wanted["depth"], self.wanted["index"], depth(n)
        refuse_if(at % LEVELS or at >= d or index << (d - at) >= n, "node")
        self.levels = min(LEVELS, d - at)
        self.first_digest = index << self.levels
        beyond = d - at - self.levels
        children = range(self.first_digest, self.first_digest + (1 << self.levels))
        self.paths = [path + bits(child, at + self.levels) for child in children if child << beyond < n]

    def bytes(self):
        p, g = 32 * depth(self.committed), 32 * len(self.paths)
        kind = self.wanted["kind"]
        if kind == "outputs":
            each = sum(p + layout.elements * layout.width for layout in self.by_slot.values())
            return min(self.wanted["count"] * each, 2**64 - 1)
        if kind in ("shards", "tensors"):
            return g if kind == "shards" else p + g
        t = 32 * depth(self.per_shard)
        return p + t + (g if kind == "nodes" else LEAVES << self.slots[0][2].leaf_log2)

    def part(self, number):
        shard, at = divmod(number, self.per_shard)
        for slot, _, layout in self.slots:
            if at < layout.leaves:
                return self.index(self.wanted["first"]) + shard, slot, at
            at -= layout.leaves

    def places(self, start, number):
        """(shard, slot, leaf) of the elements of an answer."""
        if self.wanted["kind"] == "outputs":
            return [self.part(start + i) for i in range(number)]
        if self.wanted["kind"] == "leaves":
            first = self.wanted["first"]
            return [(self.shard, self.slots[0][0], at) for at in range(first, min(first + LEAVES, self.per_shard))]
        return []


def locate(statement, wanted, r):
    if wanted["kind"] == "shards":
        return Located(statement.count, statement.first_shard, wanted)
    header = read_header(r)
    slots, digests = [], {}
    for id in tensors(wanted, header):
        start = r.at
        d = read_descriptor(r)
        refuse_if(d.source != "committed" or id >= header.tensors or d.slot >= header.committed, "tensor")
        slots.append((d.slot, id, d.layout))
        digests[0, 0, id] = leaf(r.data[start : r.at])
    refuse_if(len({slot for slot, _, _ in slots}) != len(slots), "two tensors in one slot")
    stack = single(header.tensors)
    found = fold(stack, addressed(stack, digests), lambda _: r.digest())
    refuse_if(header.program_id(found) != statement.program_id, "program root")
    return Located(statement.count, statement.first_shard, wanted, header.committed, slots)


def located(statement, text, shown):
    r = Reader(shown)
    found = locate(statement, address(text), r)
    r.finish()
    return found


def answered(statement, text, start, answer):
    """What an answer shows, as the vectors write it; raises Refused."""
    r, wanted = Reader(answer), address(text)
    found = locate(statement, wanted, r)
    number = None
    if wanted["kind"] == "outputs":
        number = r.varint()
        refuse_if(not 1 <= number <= PARTS or start + number > found.parts, "number of parts")
    known = {path: r.digest() for path in found.paths}
    leaves, ids = [], {slot: id for slot, id, _ in found.slots}
    for shard, slot, at in found.places(start, number):
        layout = found.by_slot[slot]
        element, count = layout.span(at)
        known[found.stack.address(shard, slot, at)] = leaf(r.take(count * layout.width))
        leaves.append([shard, ids[slot], at, element, count * layout.width])
    refuse_if(fold(found.stack, known, lambda _: r.digest()) != statement.root, "trace root")
    r.finish()
    return {
        "parts": start + number if number else 1,
        "all": found.parts,
        "bytes": found.bytes(),
        "digests": len(found.paths),
        "first_digest": found.first_digest if found.paths else None,
        "leaves": len(leaves),
        "first_leaf": leaves[0] if leaves else None,
        "last_leaf": leaves[-1] if leaves else None,
    }


def levels(digests):
    """All levels of a tree, its root's first."""
    all = [digests]
    while len(all[0]) > 1:
        below = all[0] + [ABSENT] * (len(all[0]) % 2)
        all.insert(0, [node(below[i], below[i + 1]) for i in range(0, len(below), 2)])
    return all


class Answers:
    """A provider's answers."""

    def __init__(self, provider):
        self.provider = provider
        own = lambda trace, id: levels(provider.descriptors[id].layout.digests(trace[id]))
        self.leaves = [[own(trace, id) for _, id in provider.slots] for trace in provider.traces]
        self.tensors = [levels([tree[0][0] for tree in trees]) for trees in self.leaves]
        self.shards = levels([tree[0][0] for tree in self.tensors])

    def digest(self, path):
        at = lambda tree, path: tree[len(path)][int(path or "0", 2)]
        top, middle = len(self.shards) - 1, len(self.tensors[0]) - 1
        if len(path) <= top:
            return at(self.shards, path)
        shard, path = int(path[:top] or "0", 2), path[top:]
        if len(path) <= middle:
            return at(self.tensors[shard], path)
        return at(self.leaves[shard][int(path[:middle] or "0", 2)], path[middle:])

    def shown(self, wanted):
        if wanted["kind"] == "shards":
            return b""
        p = self.provider
        ids, stack = tensors(wanted, p.header), single(p.header.tensors)
        out = [p.header.data, *(p.encoded[id] for id in ids)]
        digests = [leaf(encoded) for encoded in p.encoded]
        tree = levels(digests)
        self.beside(out, stack, [stack.address(0, 0, id) for id in ids], lambda path: tree[len(path)][int(path or "0", 2)])
        return b"".join(out)

    @staticmethod
    def beside(out, stack, paths, digest):
        def other(path):
            out.append(digest(path))
            return ABSENT

        fold(stack, {path: ABSENT for path in paths}, other)

    def answer(self, statement, text, start, number):
        """Of outputs, `number` parts from `start` on."""
        p, wanted = self.provider, address(text)
        shown = self.shown(wanted)
        found = located(statement, text, shown)
        out = [shown]
        if wanted["kind"] == "outputs":
            out.append(varint(number))
        out += [self.digest(path) for path in found.paths]
        places, ids = found.places(start, number), {slot: id for slot, id, _ in found.slots}
        for shard, slot, at in places:
            out.append(found.by_slot[slot].payload(p.traces[shard][ids[slot]], at))
        paths = found.paths + [found.stack.address(*place) for place in places]
        self.beside(out, found.stack, paths, self.digest)
        return b"".join(out)
