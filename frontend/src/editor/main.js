import { readPage } from "./page/notepage.js";
import { Room } from "./room.js";

const root = document.querySelector("[data-note]");
if (root instanceof HTMLElement) await Room.open(readPage(root));
