// Hocuspocus with its SQLite extension, for measuring. Reads HOST, PORT, DATABASE; FLUSH_DELAY (ms), REDIS_PORT.
import { Redis } from "@hocuspocus/extension-redis";
import { SQLite } from "@hocuspocus/extension-sqlite";
import { Server } from "@hocuspocus/server";

const { HOST, PORT, DATABASE, FLUSH_DELAY, REDIS_PORT } = process.env;

const extensions = [new SQLite({ database: DATABASE })];
if (REDIS_PORT) extensions.push(new Redis({ host: "127.0.0.1", port: Number(REDIS_PORT) }));

// What is not named here is as it is released.
const options = { address: HOST, port: Number(PORT), quiet: true, extensions };
const server = new Server(FLUSH_DELAY ? { ...options, flushDelay: Number(FLUSH_DELAY) } : options);
await server.listen();
