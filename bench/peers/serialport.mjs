/**
 * Asks an instrument by node-serialport, under Node: each line of standard input is a piece of work as JSON,
 * answered by its seconds. The argument is the folder that the package was installed in.
 *
 * @module
 */

import { createRequire } from "node:module";
import process from "node:process";
import { createInterface } from "node:readline";

const { SerialPort } = createRequire(`${process.argv[2]}/`)("serialport");

const opened = new Map();
let enough = (_bytes) => false;
let done = () => {};

async function open(path) {
  let port = opened.get(path);
  if (port !== undefined) return port;
  port = new SerialPort({ path, baudRate: 115200, autoOpen: false });
  await new Promise((resolve, reject) => port.open((error) => error ? reject(error) : resolve()));
  port.on("data", (bytes) => {
    if (enough(bytes)) done();
  });
  opened.set(path, port);
  return port;
}

async function exchange(port, message, condition) {
  const answered = new Promise((resolve) => done = resolve);
  enough = condition;
  port.write(message);
  await answered;
}

for await (const line of createInterface({ input: process.stdin })) {
  const { what, resource, count = 1, length = 0 } = JSON.parse(line);
  const port = await open(resource);
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    let got = 0;
    if (what === "query") await exchange(port, "READ?\n", (bytes) => bytes.at(-1) === 10);
    else {
      await exchange(port, `BLOCK? ${length - 11}\n`, (bytes) => (got += bytes.length) === length);
    }
  }
  process.stdout.write(`${(performance.now() - start) / 1000}\n`);
}
// Open ports would keep it running.
process.exit();
