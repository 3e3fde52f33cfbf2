"""Weights, intervals, δ and γ of a program and its plan, from section 11 of docs/attestation.md."""

from dataclasses import dataclass
from math import prod

from attestation import tagged, u32, varint
from meaning import BITS, coords, evaluate, flat

ONE = 1 << 16
TICKETS = 1 << 32
MOST_FLOW = 1 << 96
DENSE = {"conv2d", "conv3d", "depthwise_conv2d", "transpose_conv2d", "matmul"}
MOVES = {"reshape", "transpose", "slice", "concat", "reverse", "tile", "pad", "gather", "scatter"}
ALONG = {"argmax"} | {f"reduce_{name}" for name in ("sum", "max", "min", "product", "all", "any")}
ELSEWHERE = DENSE | MOVES | ALONG | {"avg_pool2d", "max_pool2d", "resize"}


def up(a, b):
    return -(-a // b)


def log2(count):
    return max(1, (count - 1).bit_length())


def takes_nearest(t):
    return t.op == "resize" and not t.attributes["bilinear"]


def plan_hash(plan):
    data = u32(plan["compiler"])

    def numbers(entries):
        return varint(len(entries)) + b"".join(varint(n) for entry in entries for n in entry)

    def fields(entries, *names):
        return numbers([[entry[name] for name in names] for entry in entries])

    data += numbers([[id] for id in plan["job"]]) + fields(plan["given"], "tensor", "leaf_log2", "row")
    data += fields(plan["committed"], "tensor", "leaf_log2", "row", "s") + varint(len(plan["scenarios"]))
    for scenario in plan["scenarios"]:
        data += numbers([[id] for id in scenario["differs"]]) + numbers([[id] for id in scenario["shared"]])
        data += fields(scenario["routes"], "tensor", "operand") + numbers([[rate] for rate in scenario["rates"]])
    return tagged("tequio/v1/plan", data + varint(plan["gamma"]))


class Tensor:
    """A tensor of the graph, whatever the plan says."""

    def __init__(self, descriptor):
        self.op, self.attributes = descriptor.op, descriptor.attributes
        self.operands = descriptor.operands or []
        self.source, self.dtype, self.shape = descriptor.source, descriptor.dtype, descriptor.shape
        self.elements = prod(descriptor.shape)

    def ids(self):
        return [operand.get("tensor") for operand in self.operands]


class Graph:
    """`constants` holds the values of those constants that choose what is read."""

    def __init__(self, descriptors, outputs, constants):
        self.tensors = [Tensor(d) for d in descriptors]
        self.outputs, self.constants = outputs, constants
        self.known = {}

    def __getitem__(self, id):
        return self.tensors[id]

    def is_constant(self, operand):
        return "scalar" in operand or self[operand["tensor"]].source == "constant"

    def type(self, operand):
        if "scalar" in operand:
            return operand["dtype"], [1] * operand["rank"]
        return self[operand["tensor"]].dtype, self[operand["tensor"]].shape

    def types(self, t):
        return [self.type(operand) for operand in t.operands]

    def chooser(self, t):
        """The operand that chooses what is read, if what it says isn't known."""
        at = {"select": 0, "gather": 1, "scatter": 1}.get(t.op)
        return None if at is None or self.is_constant(t.operands[at]) else at

    def reads(self, id, index):
        """(operand, element) in the order of the reads, all candidates included."""
        if (id, index) not in self.known:
            self.known[id, index] = self.read(self[id], index)
        return self.known[id, index]

    def read(self, t, index):
        types, chooser, found = self.types(t), self.chooser(t), []
        choices = range(1)
        if chooser is not None:
            choices = [-1] if t.op == "scatter" else range(2 if t.op == "select" else types[0][1][1])
        for choice in choices:

            def read(operand, element):
                if operand != chooser or choice <= 0:
                    found.append((operand, element))
                if operand == chooser:
                    return choice
                if "scalar" in t.operands[operand]:
                    return t.operands[operand]["scalar"]
                values = self.constants.get(t.operands[operand]["tensor"])
                return values[element] if values else 0

            evaluate(t.op, t.attributes, types, (t.dtype, t.shape), index, read)
        if t.op == "scatter" and chooser is not None:
            (n, _, c), shape = coords(t.shape, index), types[2][1]
            found += [(2, flat(shape, [n, w, c])) for w in range(shape[1])]
        return found

    def cost_of_one(self, t):
        """Of one element, whether or not it differs between shards."""
        if t.op is None or t.op in MOVES or t.op == "identity":
            return 0
        shapes = [shape for _, shape in self.types(t)]
        if t.op in ("conv2d", "conv3d"):
            return prod(shapes[1][1:])
        if t.op == "transpose_conv2d":
            stride = t.attributes["stride"]
            return -(-shapes[1][1] // stride[0]) * -(-shapes[1][2] // stride[1]) * shapes[1][3]
        if t.op == "depthwise_conv2d":
            return prod(shapes[1][:2])
        if t.op == "matmul":
            return shapes[0][2]
        if t.op in ("avg_pool2d", "max_pool2d"):
            return prod(t.attributes["kernel"])
        if t.op == "resize":
            return 4 if t.attributes["bilinear"] else 0
        if t.op in ALONG:
            return shapes[0][t.attributes["axis"]]
        return 2 if t.op == "rescale" else 1


class Compiler:
    def __init__(self, descriptors, outputs, plan, constants):
        self.graph, self.plan = Graph(descriptors, outputs, constants), plan
        self.slots = [commit["tensor"] for commit in plan["committed"]]
        self.live = self.find_live()
        self.each = self.find_each()
        ids = range(len(self.graph.tensors))
        self.costs = [self.each[id] * sum(self.live[id]) for id in ids]
        self.cost = sum(self.costs)
        self.cones = [self.cone(id) for id in self.slots]
        self.bits = self.find_bits()
        self.cases = [Case(self, scenario) for scenario in plan["scenarios"]]

    # Cost

    def find_live(self):
        graph = self.graph
        live = [[id in self.slots] * t.elements for id, t in enumerate(graph.tensors)]
        for id in reversed(range(len(graph.tensors))):
            t = graph[id]
            for index in range(t.elements if t.op else 0):
                for operand, element in graph.reads(id, index) if live[id][index] else ():
                    if (read := t.ids()[operand]) is not None:
                        live[read][element] = True
        return live

    def find_each(self):
        same, each = [], []
        for id, t in enumerate(self.graph.tensors):
            if t.source == "input":
                same.append(id in self.plan["job"])
            else:
                same.append(all(same[read] for read in t.ids() if read is not None))
            each.append(0 if same[-1] else self.graph.cost_of_one(t))
        return each

    # Cones

    def cone(self, root):
        """The tensors of a cone, ascending, each with the virtual tensors up to it on the longest path, and what
        committed tensors it reads."""
        depths, committed = {root: 0}, set()
        for id in range(root, -1, -1):
            for read in self.graph[id].ids() if id in depths else ():
                if read in self.slots:
                    committed.add(read)
                elif read is not None and self.graph[read].op:
                    depths[read] = max(depths.get(read, 0), depths[id] + 1)
        return Cone(root, dict(sorted(depths.items())), sorted(committed, reverse=True))

    def cone_cost(self, cone):
        return sum(self.costs[id] for id in cone.depths)

    def depth(self):
        return max(max(cone.depths.values()) for cone in self.cones)

    # Bits

    def find_bits(self):
        graph, bits = self.graph, []
        for t in graph.tensors:
            bits.append(BITS[t.dtype])
            open = [bits[o["tensor"]] for o in t.operands if not graph.is_constant(o)]
            if not open:
                continue
            least = []
            if t.op in MOVES - {"concat", "gather", "scatter"} | {"max_pool2d", "reduce_max", "reduce_min", "argmax"}:
                least.append(open[0])
            if takes_nearest(t):
                least.append(open[0])
            if t.op == "concat":
                least.append(max(open))
            if t.op not in ELSEWHERE and len(open) == 1:
                least.append(open[0])
            if t.op == "clamp":
                least.append(log2(t.attributes["max"] - t.attributes["min"] + 1))
            if t.op == "argmax":
                least.append(log2(graph.types(t)[0][1][t.attributes["axis"]]))
            bits[-1] = min([bits[-1], *least])
        for t in graph.tensors:
            if t.op in ("gather", "scatter") and (indices := t.ids()[1]) is not None:
                bits[indices] = min(bits[indices], log2(graph.types(t)[0][1][1]))
        return bits

    def choosing(self, id):
        """B"""
        t = self.graph[id]
        all = t.elements * self.bits[id]
        if t.op in ("avg_pool2d", "max_pool2d"):
            most = [up(*side) for side in zip(t.attributes["kernel"], t.attributes["stride"])]
        elif t.op == "resize" and not takes_nearest(t):
            most = [up(2 * numerator, denominator) for numerator, denominator in t.attributes["scale"]]
        else:
            return all
        return up(all, prod(min(most[i], t.shape[1 + i]) for i in range(2)))

    def given(self, id):
        """G"""
        t = self.graph[id]
        return t.elements * (self.bits[id] if t.op == "argmax" else BITS[t.dtype])

    def narrowest(self, cone, read):
        through = {read}
        for id in cone.depths:
            if through & set(self.graph[id].ids()):
                through.add(id)
        return min(self.choosing(id) for id in through - {read})

    # Weights

    def weights(self):
        weights = []
        for cone, commit in zip(self.cones, self.plan["committed"]):
            weights.append(max(1, up(self.cone_cost(cone) * ONE, ONE - commit["s"])))
        for case in self.cases:
            for slot, prize in enumerate(self.prizes(case)):
                weights[slot] = max(weights[slot], worth(prize))
        floors = self.floors(sum(weights))
        return [max(pair) for pair in zip(weights, floors)]

    def prizes(self, case):
        own = [(self.flow(case, cone), rate) for cone, rate in zip(self.cones, case.rates)]
        best = list(own)
        for slot in reversed(range(len(self.slots))):
            cone = self.cones[slot]
            dense = any(self.graph[id].op in DENSE for id in cone.depths)
            flow, rate = (own if dense else best)[slot]
            for id in cone.reads:
                read, bits = self.slots.index(id), self.narrowest(cone, id)
                prize = (up(flow * max(self.given(id), bits), bits), max(rate, case.rates[read]))
                if worth(prize) > worth(best[read]):
                    best[read] = prize
        return best

    def flow(self, case, cone):
        """F"""
        elements = self.graph[cone.root].elements
        if not any(case.new[cone.root]):
            return 0
        return up(elements * (case.arrived[cone.root] + up(self.cone_cost(cone) * ONE, elements)), ONE)

    def floors(self, sum):
        graph, parts = self.graph, [0] * len(self.slots)
        for id in set(graph.outputs):
            parts[self.slots.index(id)] = up(TICKETS, len(set(graph.outputs)))
        for slot in reversed(range(len(self.slots))):
            cone = self.cones[slot]
            for id in cone.reads if all(self.copies(id) for id in cone.depths) else ():
                read, n, others = self.slots.index(id), graph[id].elements, graph[cone.root].elements
                parts[read] = max(parts[read], up(parts[slot] * min(n, others), others))
        return [up(sum * part, 31 * TICKETS) for part in parts]

    def copies(self, id):
        t = self.graph[id]
        if t.op in MOVES - {"gather", "scatter"} or takes_nearest(t):
            return True
        return t.op not in ELSEWHERE and sum(not self.graph.is_constant(o) for o in t.operands) == 1

    # What the header and the descriptors hold

    def delta(self):
        return min(TICKETS - 1, self.cost * TICKETS // sum(self.weights()))

    def gamma(self):
        lost = max(case.lost() for case in self.cases)
        return min(TICKETS - 1, self.plan["gamma"] * ONE + up(lost * TICKETS, max(1, self.cost)))

    def intervals(self):
        weights = self.weights()
        tickets = [w * TICKETS // sum(weights) for w in weights]
        by_rest = sorted(range(len(weights)), key=lambda slot: (-(weights[slot] * TICKETS % sum(weights)), slot))
        for slot in by_rest[: TICKETS - sum(tickets)]:
            tickets[slot] += 1
        for slot in range(len(tickets)):
            if not tickets[slot]:
                tickets[tickets.index(max(tickets))] -= 1
                tickets[slot] = 1
        ends = [sum(tickets[: slot + 1]) for slot in range(len(tickets))]
        return [[end - count, end - 1] for end, count in zip(ends, tickets)]


@dataclass
class Cone:
    root: int
    depths: dict
    reads: list


def worth(prize):
    flow, rate = prize
    return up(flow * ONE, ONE - rate)


class Case:
    """One scenario."""

    def __init__(self, compiler, scenario):
        self.compiler, self.graph = compiler, compiler.graph
        self.new = self.differing(scenario["differs"], [])
        self.open = self.differing(scenario["differs"], scenario["shared"])
        self.rates = [
            rate if any(self.new[id]) else 0 for id, rate in zip(compiler.slots, scenario["rates"])
        ]
        self.routes = [self.route(t) for t in self.graph.tensors]
        for route in scenario["routes"]:
            self.routes[route["tensor"]] = route["operand"]
        self.arrived = self.arrivals()

    def differing(self, differs, shared):
        graph, found = self.graph, []
        for id, t in enumerate(graph.tensors):
            if id in shared or t.source == "constant":
                found.append([False] * t.elements)
            elif t.source == "input":
                found.append([id in differs] * t.elements)
            else:
                of = lambda operand, element: t.ids()[operand] is not None and found[t.ids()[operand]][element]
                found.append([any(of(*read) for read in graph.reads(id, i)) for i in range(t.elements)])
        return found

    def together(self, t, operand):
        if t.op == "concat":
            return range(len(t.operands))
        sides = {"select": (1, 2), "scatter": (0, 2)}.get(t.op, ())
        return sides if operand in sides else (operand,)

    def is_chosen(self, t, operand):
        """Whether what is read of an operand shows only when the program runs."""
        chosen = {"gather": (0,), "select": (1, 2), "scatter": (0, 2)}.get(t.op, ())
        return operand in chosen and self.graph.chooser(t) is not None

    def route(self, t):
        possible = [at for at, id in enumerate(t.ids()) if id is not None and any(self.open[id])]
        return min(possible, key=lambda at: (self.is_chosen(t, at), at), default=None)

    def arrivals(self):
        """The most that arrives at one element, by tensor."""
        graph, compiler = self.graph, self.compiler
        flow = [[0] * t.elements for t in graph.tensors]
        most = [0] * len(flow)
        for id in reversed(range(len(flow))):
            most[id] = max(flow[id])
            if self.routes[id] is None:
                continue
            flows = [min(one, MOST_FLOW) for one in flow[id]]
            for index in range(len(flows)):
                if compiler.live[id][index] and self.open[id][index]:
                    flows[index] += compiler.each[id] * ONE
            self.pass_on(id, flows, flow)
        return most

    def pass_on(self, id, flows, flow):
        t, route = self.graph[id], self.routes[id]
        size = t.shape[-1] if t.op in ("conv2d", "conv3d", "transpose_conv2d", "matmul") and route == 0 else 1
        for first in range(0, len(flows), size):
            group = flows[first : first + size]
            if self.give(id, first, sum(group), route, flow):
                continue
            for index, one in enumerate(group, first):
                any(self.give(id, index, one, at, flow) for at in range(len(t.operands)))

    def give(self, id, index, amount, route, flow):
        t = self.graph[id]
        operands = self.together(t, route)
        differs = lambda at, element: t.ids()[at] is not None and self.open[t.ids()[at]][element]
        takers = [read for read in self.graph.reads(id, index) if read[0] in operands and differs(*read)]
        share = amount if self.is_chosen(t, route) else up(amount, max(1, len(takers)))
        for at, element in takers:
            flow[t.ids()[at]][element] += share
        return bool(takers)

    def lost(self):
        compiler = self.compiler
        lost = 0
        for id, each in enumerate(compiler.each):
            of = zip(compiler.live[id], self.new[id], self.open[id])
            lost += each * sum(live and new and not open for live, new, open in of)
        return lost
