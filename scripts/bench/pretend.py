"""Makes LiteRT believe, in this process, that the machine has AVX2 and nothing after it, or only AVX-VNNI.

XNNPACK chooses its kernels by what `cpuinfo` says, which asks the processor once. Two places are changed in memory between
loading the library and that: XGETBV, which says that the system saves AVX-512's registers, and after it the answer for
AVX-VNNI, which needs none of them. Needs `nm`.
"""

import ctypes
import mmap
import re
import subprocess
from pathlib import Path

import ai_edge_litert
from ai_edge_litert import interpreter  # noqa: F401: loads the library

LIBRARY = "libpywrap_litert_common.so"
# push 7, pop rax: x87, SSE and AVX registers.
XGETBV, SAVED = bytes.fromhex("0f01d0"), bytes.fromhex("6a0758")
# Of ai-edge-litert 2.3.0.
DETECT_BYTES, AVX_VNNI = 0x700, 0x17


def only(avx_vnni):
    path = Path(ai_edge_litert.__file__).parent / LIBRARY
    symbols = dict(
        (name, int(at, 16))
        for at, name in re.findall(r"^(\w+) \w (cpuinfo_\w+)$", subprocess.check_output(["nm", path], text=True), re.M)
    )
    base = next(int(line.split("-")[0], 16) for line in Path("/proc/self/maps").read_text().splitlines() if LIBRARY in line)
    replace(base + symbols["cpuinfo_x86_detect_isa"])
    assert ctypes.CFUNCTYPE(ctypes.c_bool)(base + symbols["cpuinfo_initialize"])()
    has = ctypes.c_uint8.from_address(base + symbols["cpuinfo_isa"] + AVX_VNNI)
    has.value &= avx_vnni


def replace(function):
    code = (ctypes.c_char * DETECT_BYTES).from_address(function)
    assert code.raw.count(XGETBV) == 1, "another version of LiteRT"
    first = function & -mmap.PAGESIZE
    libc = ctypes.CDLL(None, use_errno=True)
    length = function + DETECT_BYTES - first
    protect = lambda how: libc.mprotect(ctypes.c_void_p(first), ctypes.c_size_t(length), how)
    assert protect(mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC) == 0
    ctypes.memmove(function + code.raw.index(XGETBV), SAVED, len(SAVED))
    assert protect(mmap.PROT_READ | mmap.PROT_EXEC) == 0
