"""Times .tflite models with LiteRT, one item at a time, the way `cargo bench -p tequio-backend` times their .tosa.

    pip install ai-edge-litert numpy
    python scripts/bench/litert.py MODEL.tflite [...] [--threads 1] [--runs 300]

Prints the best and the median time of an item in microseconds. XNNPACK is LiteRT's default for integer models.
"""

import argparse
import statistics
import time

import numpy as np
from ai_edge_litert.interpreter import Interpreter


def measure(path, threads, runs):
    model = Interpreter(model_path=path, num_threads=threads)
    model.allocate_tensors()
    random = np.random.default_rng(1)
    for port in model.get_input_details():
        limits = np.iinfo(port["dtype"])
        values = random.integers(limits.min, limits.max, port["shape"], port["dtype"], endpoint=True)
        model.set_tensor(port["index"], values)
    times = []
    for _ in range(runs):
        start = time.perf_counter_ns()
        model.invoke()
        times.append((time.perf_counter_ns() - start) / 1000)
    return min(times), statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--runs", type=int, default=300)
    arguments = parser.parse_args()
    for path in arguments.models:
        best, median = measure(path, arguments.threads, arguments.runs)
        print(f"{path}: best {best:.0f} µs, median {median:.0f} µs an item, {arguments.threads} thread(s)")


if __name__ == "__main__":
    main()
