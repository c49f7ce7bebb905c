import "./htmx.js";
import { startTheme } from "./theme.js";
import { fadeMessages } from "./toasts.js";

startTheme();
fadeMessages();
