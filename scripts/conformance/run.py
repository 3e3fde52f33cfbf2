#!/usr/bin/env python3
"""TOSA's reference model and `tequio program run` agree bit for bit.

    pip install -r scripts/conformance/requirements.txt
    scripts/conformance/run.py --tequio target/release/tequio

- Programs of one operator: the cases of packages/tensor/tests/reference.py and those of wide.py. Each is run on two
  shards, the second with the elements of the first in reverse order.
- The digits model on all its test images.
- The models in the folder that TEQUIO_MODELS names, if it is set, on random inputs; the last shard isn't full.
"""

import argparse
import collections
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "packages/tensor/tests"))
sys.dont_write_bytecode = True

import reference
from wide import wide

# One case each that the reference model refuses: no integer type has the product, the others overflow.
REFUSED = ["abs", "negate", "reduce_product", "table"]
DIGITS = ROOT / "packages/models/digits"
# Eight shards of four, the last one half full.
MODEL_ITEMS = 30
# Mismatches that are described, of each operator and model.
SHOWN = 5
# The types of models' inputs, as `tequio program show` names them.
ELEMENTS = {"bool": np.bool_, "int8": np.int8, "int16": np.int16, "int32": np.int32}


class Tequio:
    def __init__(self, binary):
        self.binary = binary

    def call(self, *arguments):
        return subprocess.run([self.binary, "program", *map(str, arguments)], capture_output=True, text=True)

    def inputs(self, file):
        """Element type and shape of each input."""
        shown = self.call("show", file, "--json")
        if shown.returncode:
            raise SystemExit(f"{file}: {shown.stderr.strip()}")
        report = json.loads(shown.stdout)
        for tensor in report["tensors"][:len(report["inputs"])]:
            *shape, element = tensor["ty"].split("x")
            yield ELEMENTS[element], [int(dim) for dim in shape]

    def run(self, file, inputs, folder):
        """The output for arrays of any number of shards, or None and the error."""
        named = []
        for n, array in enumerate(inputs):
            np.save(folder / f"all{n}.npy", array)
            named.append(f"TosaInput_{n}={folder / f'all{n}.npy'}")
        ran = self.call("run", file, "--inputs", *named, "--outputs", folder / "ours.npy")
        if ran.returncode:
            # What a panic says takes two lines.
            return None, " ".join(ran.stderr.split("\n")[:2])
        return np.load(folder / "ours.npy"), None


def difference(expected, found):
    """What is wrong with an output, or None."""
    if (expected.shape, expected.dtype) != (found.shape, found.dtype):
        return f"{found.dtype}{list(found.shape)}, not {expected.dtype}{list(expected.shape)}"
    wrong = np.argwhere(expected != found)
    if len(wrong) == 0:
        return None
    at = tuple(wrong[0])
    where = [int(index) for index in at]
    return f"{len(wrong)} of {expected.size} elements differ, first {where}: {found[at]}, not {expected[at]}"


# --- programs of one operator ---------------------------------------------------------------------------------------

def constants(case):
    """What to make constant: what the case does, and operands that can't be cut into items as the first one is."""
    free = [i for i in range(len(case.ins)) if i not in case.constants]
    items = max(case.ins[i].shape[0] for i in free)
    return tuple(i for i in range(len(case.ins)) if i in case.constants or case.ins[i].shape[0] != items)


def try_case(tequio, case, folder):
    """Whether the reference model takes the case, and what is wrong if anything is."""
    folder.mkdir()
    file = folder / "program.tosa"
    text, arguments = case.program(constants(case))
    reason = reference.serialise(text, file)
    if reason:
        return True, reason
    first = [case.ins[i].array() for i in arguments]
    expected, reason = reference.evaluate(file, first, folder)
    if expected is None:
        return False, reason
    shards = [first]
    # An output without axes has no place for a second one.
    if expected.ndim:
        shards.append([array.ravel()[::-1].reshape(array.shape) for array in first])
        second, reason = reference.evaluate(file, shards[1], folder)
        if second is None:
            return True, reason
        expected = np.concatenate([expected, second])
    found, reason = tequio.run(file, [np.concatenate(parts) for parts in zip(*shards)], folder)
    return True, reason if found is None else difference(expected, found)


def describe(case):
    types = ", ".join(tensor.type() for tensor in case.ins)
    return f"{case.name} {case.mlir or ''} ({types}) -> {list(case.out[1])} {case.out[0]}"


def operators():
    """The names of all operators there are."""
    source = (ROOT / "packages/tensor/src/op.rs").read_text()
    return re.findall(r'Op::\w+[^"\n]* => "(\w+)"', source)


def try_operators(tequio, pool, folder):
    reference.everything()
    wide()
    # An input without axes has no items.
    cases = [case for case in reference.cases if case.ins[0].shape]
    names = [folder / f"{n:03}-{case.name}" for n, case in enumerate(cases)]
    results, refused = collections.defaultdict(list), []
    for case, name, (taken, wrong) in zip(cases, names, pool.map(lambda c, n: try_case(tequio, c, n), cases, names)):
        if taken:
            results[case.name].append(wrong and f"{name.name}: {describe(case)}: {wrong}")
        else:
            refused.append(case.name)
    for name in operators():
        if name not in results and name not in refused:
            results[name].append(f"{name}: no case")
    if sorted(refused) != REFUSED:
        results["refused"].append(f"the reference model refuses cases of {', '.join(sorted(refused))}")
    return results


# --- models ---------------------------------------------------------------------------------------------------------

def try_model(tequio, pool, file, inputs, batch, folder):
    """One entry for each shard: what is wrong, or None."""
    folder.mkdir()
    found, reason = tequio.run(file, inputs, folder)
    if found is None:
        return [f"{file.name}: {reason}"]

    def expected(shard):
        place = folder / str(shard)
        place.mkdir()
        cut = [array[shard * batch:(shard + 1) * batch] for array in inputs]
        full = [np.concatenate([part, np.zeros((batch - len(part), *part.shape[1:]), part.dtype)]) for part in cut]
        output, reason = reference.evaluate(file, full, place)
        if output is None:
            return f"{file.name}, shard {shard}: {reason}"
        wrong = difference(output[:len(cut[0])], found[shard * batch:(shard + 1) * batch])
        return wrong and f"{file.name}, shard {shard}: {wrong}"

    shards = -(-len(inputs[0]) // batch)
    results = list(pool.map(expected, range(shards)))
    if len(found) != len(inputs[0]):
        results.append(f"{file.name}: {len(found)} outputs for {len(inputs[0])} items")
    return results


def noise(rng, dtype, shape):
    least, most = (0, 1) if dtype is np.bool_ else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    return rng.integers(least, most, shape, endpoint=True).astype(dtype)


def try_models(tequio, pool, folder):
    digits = DIGITS / "digits.tosa"
    batch = next(tequio.inputs(digits))[1][0]
    yield "digits", try_model(tequio, pool, digits, [np.load(DIGITS / "test_inputs.npy")], batch, folder / "digits")
    models = os.environ.get("TEQUIO_MODELS")
    if not models:
        print("TEQUIO_MODELS is not set: no other models")
        return
    files = sorted(Path(models).glob("*.tosa"))
    if not files:
        raise SystemExit("no .tosa file in the folder that TEQUIO_MODELS names")
    for file in files:
        rng = np.random.default_rng(20260802)
        ports = list(tequio.inputs(file))
        inputs = [noise(rng, dtype, (MODEL_ITEMS, *shape[1:])) for dtype, shape in ports]
        batch = ports[0][1][0]
        yield file.stem, try_model(tequio, pool, file, inputs, batch, folder / file.stem)


def report(name, unit, results):
    wrong = [entry for entry in results if entry]
    print(f"{name:24} {len(results):4} {unit}, {len(wrong)} mismatches")
    for entry in wrong[:SHOWN]:
        print(f"    {entry}")
    return np.array([len(results) - len(wrong), len(wrong)])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tequio", type=Path, default=ROOT / "target/release/tequio", help="the binary")
    parser.add_argument("--keep", type=Path, help="a new folder for programs, inputs and outputs")
    arguments = parser.parse_args()
    tequio = Tequio(arguments.tequio.resolve())
    if not tequio.binary.is_file():
        raise SystemExit(f"no {arguments.tequio}: cargo build --release -p tequio-cli")
    if arguments.keep:
        arguments.keep.mkdir(parents=True)
    counts = np.zeros(2, int)
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(os.cpu_count()) as pool:
        folder = arguments.keep.resolve() if arguments.keep else Path(temporary)
        for name, results in sorted(try_operators(tequio, pool, folder).items()):
            counts += report(name, "cases", results)
        for name, results in try_models(tequio, pool, folder):
            counts += report(name, "shards", results)
    passed, failed = counts
    print(f"{passed} passed, {failed} failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
