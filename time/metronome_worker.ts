/**
 * The entry of the metronome's Worker.
 *
 * @module
 */

import { metronome, type Thread } from "./metronome_thread.ts";

const self = globalThis as unknown as Thread;
self.onmessage = (event): void => metronome(event.data, self);
