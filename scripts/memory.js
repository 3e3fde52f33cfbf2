#!/usr/bin/env node
// Runs packages/attestation/examples/check.rs over every call of a folder: check.wasm folder
// A name that begins with `refused` says what must be refused.
const fs = require("fs");
const path = require("path");

const PAGE = 64 << 10;
const CAP = (32 << 20) / PAGE;
const MOST = (16 << 20) / PAGE;

const [wasm, folder] = process.argv.slice(2);
const compiled = new WebAssembly.Module(fs.readFileSync(wasm));
const names = fs.readdirSync(folder).sort();
let failed = names.length === 0;
for (const name of names) {
    const call = fs.readFileSync(path.join(folder, name));
    const memory = new WebAssembly.Memory({ initial: 17, maximum: CAP });
    const { room, check } = new WebAssembly.Instance(compiled, { env: { memory } }).exports;
    const at = room(call.length);
    // Growing has replaced the buffer.
    new Uint8Array(memory.buffer).set(call, at);
    const begun = process.hrtime.bigint();
    let result;
    try {
        result = check();
    } catch (trap) {
        result = trap.message;
    }
    const took = Number(process.hrtime.bigint() - begun) / 1e6;
    const pages = memory.buffer.byteLength / PAGE;
    const expected = name.startsWith("refused") ? [-1] : [0, 1];
    const holds = expected.includes(result) && pages <= MOST;
    failed ||= !holds;
    const mib = ((pages * PAGE) / (1 << 20)).toFixed(1);
    console.log(`${name}: ${mib} MiB, ${took.toFixed(0)} ms, ${call.length} bytes, result ${result}${holds ? "" : " FAILED"}`);
}
process.exit(failed ? 1 : 0);
