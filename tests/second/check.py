"""A second implementation of docs/attestation.md, held against tests/vectors.

    pip install -r tests/second/requirements.txt
    python tests/second/check.py

It shares no code with the first: it was written from the specification. Nothing here is fast or meant for use.
"""

import json
import sys
from pathlib import Path

import addresses
import attestation as a
from bounds import Bounds
from meaning import BITS, OPS, evaluate
from provider import Provider
from weights import Compiler, plan_hash

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "tests/vectors"
REFERENCE = ROOT / "packages/tensor/tests/vectors/reference.json"
TYPES = {"bool": "bool"} | {name.replace("int", "i"): name for name in BITS if name != "bool"}

checks = 0


def same(found, wanted, what):
    global checks
    checks += 1
    if found != wanted:
        raise SystemExit(f"{what}:\n  found  {found}\n  wanted {wanted}")


def refuses(function, what):
    try:
        found = function()
    except a.Refused:
        found = "refused"
    same(found, "refused", what)


def load(name):
    return json.loads((VECTORS / f"{name}.json").read_text())


def raw(text):
    return bytes.fromhex(text)


def whole(read, data):
    """What `read` makes of exactly these bytes."""
    r = a.Reader(data)
    value = read(r)
    r.finish()
    return value


def hashes():
    v = load("hashes")
    same(a.LEAF.hex(), v["leaf_key"], "leaf key")
    same(a.NODE.hex(), v["node_key"], "node key")
    same(a.ABSENT.hex(), v["absent"], "absent")
    for case in v["leaf"]:
        same(a.leaf(raw(case["payload"])).hex(), case["digest"], case)
    for case in v["node"]:
        same(a.node(raw(case["left"]), raw(case["right"])).hex(), case["digest"], case)
    for case in v["tagged"]:
        same(a.tagged(case["tag"], raw(case["x"])).hex(), case["digest"], case)


def codec():
    v = load("codec")
    for case in v["varint"]:
        same(whole(a.Reader.varint, raw(case["bytes"])), case["value"], case)
        same(a.varint(case["value"]).hex(), case["bytes"], case)
    for case in v["signed"]:
        same(whole(a.Reader.signed, raw(case["bytes"])), case["value"], case)
        same(a.zigzag(case["value"]).hex(), case["bytes"], case)
    for case in v["varint_refused"]:
        refuses(lambda: whole(a.Reader.varint, raw(case["bytes"])), case)
    for text in v["varint32_refused"]:
        refuses(lambda: whole(lambda r: r.varint(32), raw(text)), text)


def leaves():
    v = load("leaves")
    for case in v["leaves"]:
        payload, form = raw(case["payload"]), raw(case["form"])
        same(whole(lambda r: a.read_leaf(r, len(payload)), form), payload, case)
        same(a.packed(payload), form, case)
    for case in v["refused"]:
        refuses(lambda: whole(lambda r: a.read_leaf(r, case["length"]), raw(case["bytes"])), case["what"])


def layouts():
    v = load("layouts")
    for case in v["layouts"]:
        layout = a.Layout(case["dtype"], case["shape"], case["leaf_log2"], case["row"])
        bytes = a.data(layout.dtype, case["values"])
        same(a.elements(layout.dtype, bytes), case["values"], "elements")
        same([list(layout.place(i)) for i in range(layout.elements)], case["places"], "places")
        leaves = [layout.payload(bytes, at) for at in range(layout.leaves)]
        wanted = [(raw(leaf["payload"]), leaf["digest"]) for leaf in case["leaves"]]
        same([(payload, a.leaf(payload).hex()) for payload in leaves], wanted, "leaves")
        same(a.root(layout.digests(bytes)).hex(), case["root"], "root")
    for case in v["depths"]:
        same(a.depth(case["count"]), case["depth"], case)


def descriptors():
    v = load("descriptors")
    for case in v["decoded"]:
        words = whole(a.read_descriptor, raw(case["bytes"])).words()
        same(words, {key: case[key] for key in case if key not in DERIVED}, case["bytes"])
        same(a.leaf(raw(case["bytes"])).hex(), case["digest"], case["bytes"])
    same({case.get("op") for case in v["decoded"]} - {None}, set(OPS), "every op has a descriptor")
    for case in v["refused"]:
        refuses(lambda: whole(a.read_descriptor, raw(case["bytes"])), case["what"])


DERIVED = {"bytes", "digest", "operand_types", "accepted", "id", "values"}


def trees():
    v = load("trees")
    digest = lambda *place: a.leaf(bytes(place))
    for case in v["trees"]:
        same(a.root([digest(0, 0, at) for at in range(case["leaves"])]).hex(), case["root"], case)
        same(a.depth(case["leaves"]), case["depth"], case)
    for case in v["proofs"]:
        counts = case["leaves_by_slot"]
        stack = a.Stack(case["top"], len(counts), counts.__getitem__)
        siblings = [raw(text) for text in case["siblings"]]
        leaves = a.addressed(stack, {tuple(place): digest(*place) for place in case["opened"]})
        same(a.fold(stack, leaves, lambda _: siblings.pop(0)).hex(), case["root"], case)
        same(siblings, [], "siblings left over")


def attestation():
    v = load("attestation")
    header = whole(a.read_header, raw(v["header_bytes"]))
    fields = {"tensors": header.tensors, "committed": header.committed, "inputs": header.inputs, "job": header.job}
    same(fields | {"outputs": header.outputs} | header.rest, v["header"], "header")
    program = header.program_id(raw(v["descriptors"]))
    same(program.hex(), v["program_id"], "program id")
    inputs = a.input_root(v["total_shards"], raw(v["inputs"]))
    same(inputs.hex(), v["input_root"], "input root")
    about = a.subject(program, inputs, v["first_shard"], v["count"], v["draws"], raw(v["context"]), v["terms"])
    same(about.hex(), v["subject"], "subject")
    held = a.subject(
        program, inputs, v["first_shard"], v["count"], v["draws"], raw(v["context"]), v["terms"], v["arbitration"]
    )
    same(held.hex(), v["subject_with_arbitration"], "subject with an arbitration")
    id = a.attestation(v["chain_id"], v["verifier"], v["attester"], raw(v["root"]), about)
    same(id.hex(), v["attestation"], "attestation id")
    seed = a.seed(id, v["beacon"], v["round"], raw(v["randomness"]))
    same(seed.hex(), v["seed"], "seed")
    for case in v["drawn"]:
        draw = a.Draw(seed, case["number"], v["count"])
        same((draw.shard, draw.ticket), (case["shard"], case["ticket"]), case)
        for element in case["elements"]:
            same(draw.element(element["of"]), element["element"], element)
    for case in v["audited"]:
        same(a.audited(seed, case["count"], case["wanted"]), case["shards"], case)
    c = v["escrow_context"]
    found = a.escrow_context(c["escrow"], c["job"], c["assignment"], c["total_shards"])
    same(found.hex(), c["context"], "escrow's context")
    for case in v["headers_refused"]:
        refuses(lambda: whole(a.read_header, raw(case["bytes"])), case["what"])


def statement_of(attested):
    return a.Statement(**{k: raw(f) if isinstance(f, str) else f for k, f in attested["statement"].items()})


def openings(name):
    v = load(name)
    for d in v["program"]["descriptors"]:
        words = whole(a.read_descriptor, raw(d["bytes"])).words()
        same(words, {key: d[key] for key in d if key not in DERIVED}, d["id"])
    statements = [statement_of(attested) for attested in v["attestations"]]
    # The first attestation is an honest one: made anew from program and inputs.
    honest = Provider(v["program"], statements[0].first_shard, statements[0].count)
    same(honest.program_id(), statements[0].program_id, "program id")
    same(honest.input_root(), statements[0].input_root, "input root")
    same(honest.trace_root(), statements[0].root, "attested root")
    for attested, statement in zip(v["attestations"], statements):
        for case in attested["cases"]:
            opening, opened, outcome = raw(case["opening"]), case["opened"], case["outcome"]
            if "refused" in outcome:
                refuses(lambda: a.check(statement, opened, opening), case["what"])
                continue
            same(a.check(statement, opened, opening), outcome, case["what"])
            if statement.root == statements[0].root:
                made = honest.open(statement, opened, opened + outcome["agreed"])
                same(made.hex(), case["opening"], "opening made anew")


def weights():
    for case in load("weights")["programs"]:
        name = case["name"]
        descriptors = [whole(a.read_descriptor, raw(text)) for text in case["descriptors"]]
        constants = {int(id): values for id, values in case["constants"].items()}
        compiler = Compiler(descriptors, case["outputs"], case["plan"], constants)
        same(plan_hash(case["plan"]).hex(), case["plan_hash"], f"{name}: plan")
        same(compiler.costs, case["costs"], f"{name}: costs")
        same(compiler.cost, case["cost"], f"{name}: cost")
        same([str(weight) for weight in compiler.weights()], case["weights"], f"{name}: weights")
        same(compiler.delta(), case["delta"], f"{name}: delta")
        same(compiler.gamma(), case["gamma"], f"{name}: gamma")
        same(compiler.depth(), case["depth"], f"{name}: depth")
        intervals = [d.interval for d in descriptors if d.source == "committed"]
        same(compiler.intervals(), intervals, f"{name}: intervals")
        encoded = [raw(text) for text in case["descriptors"]]
        bounds = Bounds(compiler, [len(bytes) - (32 if bytes[0] == 1 else 0) for bytes in encoded])
        same(bounds.reads(), case["reads"], f"{name}: reads")
        same(bounds.opening_bytes(), case["opening_bytes"], f"{name}: bytes of an opening")


def refutations():
    v = load("refutation")
    for attested in v["attestations"]:
        statement = statement_of(attested)
        for case in attested["cases"]:
            judged = lambda: a.refute(statement, case["shard"], case["element"], raw(case["opening"]))
            if "refused" in case["outcome"]:
                refuses(judged, case["what"])
            else:
                same(judged(), case["outcome"], case["what"])


def reveals():
    v = load("reveals")
    for attested in v["attestations"]:
        statement = statement_of(attested)
        honest = Provider(attested["program"], statement.first_shard, statement.count)
        same(honest.program_id(), statement.program_id, "program id")
        same(honest.trace_root(), statement.root, "attested root")
        answers = addresses.Answers(honest)
        for case in attested["cases"]:
            wanted, start, answer, outcome = case["wanted"], case["from"], raw(case["answer"]), case["outcome"]
            what = f"{case['what']}: {wanted}"
            answered = lambda: addresses.answered(statement, wanted, start, answer)
            if "refused" in outcome:
                refuses(answered, what)
                continue
            same(answered(), outcome, what)
            made = answers.answer(statement, wanted, start, outcome["leaves"])
            same(made.hex(), case["answer"], f"{what}, made anew")


def located():
    v = load("addresses")
    for case in v["located"]:
        numbers = {"first_shard": int(case["first_shard"]), "count": int(case["count"])}
        statement = a.Statement(raw(case["program_id"]), None, draws=1, root=None, seed=None, **numbers)
        found = lambda: addresses.located(statement, case["wanted"], raw(case["shown"]))
        if "refused" in case["outcome"]:
            refuses(found, f"{case['what']}: {case['wanted']}")
            continue
        at = found()
        same({"parts": str(at.parts), "bytes": str(at.bytes())}, case["outcome"], case["what"])
    for text in v["texts_refused"]:
        refuses(lambda: addresses.address(text), text)


def meaning():
    """Against the vectors of TOSA's reference model."""
    for case in json.loads(REFERENCE.read_text()):
        attributes = {ATTRIBUTES.get(key, key): value for key, value in case["attr"].items()}
        types = [(TYPES[operand["type"]], operand["shape"]) for operand in case["ins"]]
        out = (TYPES[case["out"]["type"]], case["out"]["shape"])
        read = lambda k, j: case["ins"][k]["values"][j]
        count = len(case["out"]["values"])
        found = [evaluate(case["op"], attributes, types, out, i, read) for i in range(count)]
        same(found, case["out"]["values"], f"{case['op']} {attributes}")


ATTRIBUTES = {"min_val": "min", "max_val": "max"}


def main():
    steps = [hashes, codec, leaves, layouts, descriptors, trees, attestation, weights]
    for step in steps:
        step()
    for name in ("opening-small", "opening-layers", "opening-job", "opening-choice"):
        openings(name)
    refutations()
    reveals()
    located()
    if REFERENCE.exists():
        meaning()
    print(f"second implementation: {checks} checks agree")


if __name__ == "__main__":
    sys.exit(main())
