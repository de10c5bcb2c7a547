// Made by tools/bundle.ts; do not edit.
// time/metronome_thread.ts
var COMMAND = 0;
var PROBE = 1;
var DEADLINE = 0;
var QUIT = -Infinity;
var ECHO = 1;
var CELLS = {
  ints: 2,
  doubles: 2,
  bytes: 2 * 4 + 2 * 8
};
var PROBES = 5;
function difference(cells, times, thread) {
  let best = Infinity;
  let result = 0;
  for (let i = 0; i < PROBES; i++) {
    const asked = performance.now();
    Atomics.store(cells, PROBE, 1);
    thread.postMessage(null);
    while (Atomics.load(cells, PROBE) === 1 && times[DEADLINE] !== QUIT) {
      Atomics.wait(cells, PROBE, 1, 1e3);
    }
    const answered = performance.now();
    if (answered - asked < best) {
      best = answered - asked;
      result = (times[ECHO] ?? 0) - (asked + answered) / 2;
    }
  }
  return result;
}
function metronome(shared, thread) {
  const cells = new Int32Array(shared, 0, CELLS.ints);
  const times = new Float64Array(shared, CELLS.ints * 4, CELLS.doubles);
  const offset = difference(cells, times, thread);
  thread.postMessage(null);
  let woken = -1;
  while (true) {
    const command = Atomics.load(cells, COMMAND);
    const deadline = times[DEADLINE] ?? Infinity;
    if (deadline === QUIT) return;
    const left = deadline - (performance.now() + offset);
    if (left <= 0 && woken !== command) {
      woken = command;
      thread.postMessage(null);
    } else {
      Atomics.wait(cells, COMMAND, command, woken === command ? Infinity : left);
    }
  }
}

// time/metronome_worker.ts
var self = globalThis;
self.onmessage = (event) => metronome(event.data, self);
