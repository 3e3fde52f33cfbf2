"""A provider: runs a program, commits to its trace, opens draws. Slow, and from docs/attestation.md alone."""

from attestation import (
    ABSENT, Draw, Layout, Reader, Stack, Walk, addressed, data, element, elements, fold, input_root, leaf, packed,
    read_descriptor, read_header, root, scopes, single, u64, varint,
)
from meaning import evaluate


class Provider:
    def __init__(self, program, first_shard, count):
        """`program` as the opening vectors describe it."""
        self.header = read_header(Reader(bytes.fromhex(program["header_bytes"])))
        self.encoded = [bytes.fromhex(d["bytes"]) for d in program["descriptors"]]
        self.descriptors = [read_descriptor(Reader(encoded)) for encoded in self.encoded]
        self.constants = [bytes.fromhex(d.get("values", "")) for d in program["descriptors"]]
        self.slots = sorted(
            (d.slot, id) for id, d in enumerate(self.descriptors) if d.source == "committed"
        )
        self.inputs = [[bytes.fromhex(tensor) for tensor in shard] for shard in program["inputs"]]
        self.first_shard, self.count = first_shard, count
        self.traces = [self.run(self.inputs[first_shard + shard]) for shard in range(count)]

    def run(self, inputs):
        """Bytes of every committed tensor by id."""
        values, trace = [], {}
        for id, d in enumerate(self.descriptors):
            if d.op is None:
                values.append(elements(d.dtype, inputs[id] if d.source == "input" else self.constants[id]))
                continue
            types, read = [], []
            for operand in d.operands:
                if "tensor" in operand:
                    other = self.descriptors[operand["tensor"]]
                    types.append((other.dtype, other.shape))
                    read.append(values[operand["tensor"]])
                else:
                    types.append((operand["dtype"], [1] * operand["rank"]))
                    read.append([operand["scalar"]])
            count = 1
            for length in d.shape:
                count *= length
            take = lambda k, j: read[k][j]
            out = (d.dtype, d.shape)
            values.append([evaluate(d.op, d.attributes, types, out, i, take) for i in range(count)])
            if d.source == "committed":
                trace[id] = data(d.dtype, values[id])
        return trace

    def program_id(self):
        return self.header.program_id(root([leaf(encoded) for encoded in self.encoded]))

    def shard_root(self, tensors):
        return root([root(self.descriptors[id].layout.digests(bytes)) for id, bytes in tensors])

    def inputs_root_of(self, shard, scope):
        """Over one shard's inputs of one scope; nothing is in the places of the others."""
        own = lambda id, bytes: root(self.descriptors[id].layout.digests(bytes)) if self.descriptors[id].scope == scope else ABSENT
        return root([own(id, bytes) for id, bytes in enumerate(shard)])

    def inputs_root(self):
        shards = root([self.inputs_root_of(shard, 0) for shard in self.inputs])
        return scopes(shards, self.inputs_root_of(self.inputs[0], 1) if self.header.job else None)

    def input_root(self):
        return input_root(len(self.inputs), self.inputs_root())

    def trace_root(self):
        return root([self.shard_root((id, trace[id]) for _, id in self.slots) for trace in self.traces])

    def bytes_of(self, id, shard):
        source = self.descriptors[id].source
        if source == "constant":
            return self.constants[id]
        return self.inputs[self.first_shard + shard][id] if source == "input" else self.traces[shard][id]

    def open(self, statement, start, end):
        out = [self.header.data, varint(end - start)]

        def descriptor(id):
            # A constant's root, its last 32 bytes, is not shown.
            is_constant = self.descriptors[id].source == "constant"
            out.append(self.encoded[id][:-32] if is_constant else self.encoded[id])
            return self.descriptors[id]

        def payload(id, shard, at):
            found = self.descriptors[id].layout.payload(self.bytes_of(id, shard), at)
            out.append(packed(found))
            return found

        walk = Walk(descriptor, payload)
        for number in range(start, end):
            draw = Draw(statement.seed, number, statement.count)
            id = next(id for _, id in self.slots if self.drawn(id, draw.ticket))
            out.append(varint(id))
            walk.draw(draw, id)

        constants = walk.opened("constant")
        for id in sorted(id for id, d in walk.known.items() if d.source == "constant"):
            layout = self.descriptors[id].layout
            whole = {(0, 0, at): digest for at, digest in enumerate(layout.digests(self.constants[id]))}
            self.siblings(out, single(layout.leaves), whole, [(0, 0, at) for _, other, at in constants if other == id])
        whole = {(0, 0, id): leaf(encoded) for id, encoded in enumerate(self.encoded)}
        self.siblings(out, single(self.header.tensors), whole, [(0, 0, id) for id in walk.known])
        if opened := walk.opened("input"):
            out.append(u64(len(self.inputs)))
            for scope, shards, first in ((0, self.inputs, self.first_shard), (1, self.inputs[:1], 0)):
                if scope == 1 and not self.header.job:
                    continue
                own = [(first + shard, id, at) for shard, id, at in opened if self.descriptors[id].scope == scope]
                if not own:
                    tops = [self.inputs_root_of(shard, scope) for shard in shards]
                    out.append(root(tops))
                    continue
                stack = Stack(len(shards), self.header.inputs, lambda slot: self.descriptors[slot].layout.leaves)
                others = {id for id in range(self.header.inputs) if self.descriptors[id].scope != scope}
                kept = [{id: bytes for id, bytes in enumerate(shard) if id not in others} for shard in shards]
                whole = self.whole(kept, {id: id for id in range(self.header.inputs)})
                self.siblings(out, stack, whole, own, others)
        slot_of = {id: slot for slot, id in self.slots}
        by_slot = dict(self.slots)
        stack = Stack(self.count, self.header.committed, lambda slot: self.descriptors[by_slot[slot]].layout.leaves)
        opened = [(shard, slot_of[id], at) for shard, id, at in walk.opened("committed")]
        self.siblings(out, stack, self.whole(self.traces, slot_of), opened)
        return b"".join(out)

    def drawn(self, id, ticket):
        first, last = self.descriptors[id].interval
        return first <= ticket <= last

    def whole(self, shards, slots):
        """Every leaf's digest, by (shard, slot, leaf)."""
        return {
            (shard, slots[id], at): digest
            for shard, tensors in enumerate(shards)
            for id, bytes in tensors.items()
            for at, digest in enumerate(self.descriptors[id].layout.digests(bytes))
        }

    @staticmethod
    def siblings(out, stack, whole, opened, empty=()):
        """`empty` are slots with nothing in them that counts don't show: one absent leaf each."""
        if empty:
            leaves = stack.leaves
            stack = Stack(stack.shards, stack.slots, lambda slot: 1 if slot in empty else leaves(slot))
            whole = whole | {(shard, slot, 0): ABSENT for shard in range(stack.shards) for slot in empty}
        every = addressed(stack, whole)

        def other(path):
            inside = {address: digest for address, digest in every.items() if address.startswith(path)}
            # All leaves opened: nothing is asked for, so this is the subtree's own digest.
            found = fold(stack, inside, None, path)
            out.append(found)
            return found

        fold(stack, {stack.address(*place): whole[place] for place in opened}, other)
